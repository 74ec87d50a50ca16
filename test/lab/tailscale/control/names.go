package main

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/key"
)

// All names of the tailnet end in this.
const suffix = "lab.ts.net"

// What the real control server does with names, and testcontrol does not: of two nodes of one name the later gets a number
// behind it; a machine that logs in anew is the same node; and a node can be removed.
type names struct {
	control *testcontrol.Server
	mutex   sync.Mutex
	// Keys of the nodes that were removed: testcontrol itself keeps them.
	removed map[key.NodePublic]bool
}

func (n *names) nodes() []*tailcfg.Node {
	return slices.DeleteFunc(n.control.AllNodes(), func(node *tailcfg.Node) bool { return n.removed[node.Key] })
}

// A node that has just come, with the name that it asks for or the next one that is free.
func (n *names) arrives(response *tailcfg.MapResponse, request *tailcfg.MapRequest) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, node := range n.nodes() {
		if node.Machine == response.Node.Machine && node.Key != response.Node.Key {
			n.takeAway(node)
		}
	}
	taken := map[string]bool{}
	for _, node := range n.nodes() {
		first, _, _ := strings.Cut(node.Name, ".")
		name := first
		for number := 1; taken[name]; number++ {
			name = first + "-" + strconv.Itoa(number)
		}
		taken[name] = true
		if name == first {
			continue
		}
		node.Name = name + "." + suffix + "."
		n.control.UpdateNode(node)
		if node.Key == request.NodeKey {
			response.Node.Name = node.Name
		}
	}
}

func (n *names) remove(id string) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, node := range n.nodes() {
		if string(node.StableID) == id {
			n.takeAway(node)
			return true
		}
	}
	return false
}

func (n *names) takeAway(node *tailcfg.Node) {
	n.removed[node.Key] = true
	node.Name = strings.ToLower(string(node.StableID)) + ".removed."
	n.control.UpdateNode(node)
}

func (n *names) rename(id string, name string) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for _, node := range n.nodes() {
		if string(node.StableID) == id {
			node.Name = name + "." + suffix + "."
			n.control.UpdateNode(node)
			return true
		}
	}
	return false
}
