// A control server and a relay for tests: a tailnet of its own that lives as long as this program.
//
//	control ADDRESS:PORT   listens there; prints "ready" when it does
//
// POST /lab/key?want=KEY   from then on new nodes need this auth key
// POST /lab/expiry?at=…    when the keys of all nodes will expire (RFC 3339); without a time: never
// POST /lab/magic?is=on    the tailnet has MagicDNS; off: not
// POST /lab/remove?id=ID   the node is no longer in the tailnet
// POST /lab/rename?id=ID&name=NAME
// GET  /lab/nodes          of each node a line: what its host is called, the node's own name, its id
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"tailscale.com/derp/derpserver"
	"tailscale.com/tailcfg"
	"tailscale.com/tstest/integration/testcontrol"
	"tailscale.com/types/key"
	"tailscale.com/types/logger"
)

func main() {
	log.SetOutput(os.Stderr)
	address := os.Args[1]
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		log.Fatal(err)
	}
	derpPort, _ := strconv.Atoi(port)
	control := &testcontrol.Server{
		ExplicitBaseURL: "http://" + address,
		MagicDNSDomain:  suffix,
		DNSConfig:       &tailcfg.DNSConfig{Domains: []string{suffix}, Proxied: true},
		Logf:            logger.Discard,
		DERPMap: &tailcfg.DERPMap{Regions: map[int]*tailcfg.DERPRegion{1: {
			RegionID: 1, RegionCode: "lab", RegionName: "lab",
			Nodes: []*tailcfg.DERPNode{{
				Name: "1a", RegionID: 1, HostName: host, IPv4: host, IPv6: "none", STUNPort: -1, DERPPort: derpPort + 1, InsecureForTests: true,
			}},
		}}},
	}
	serveRelay(net.JoinHostPort(host, strconv.Itoa(derpPort+1)))

	tailnet := &names{control: control, removed: map[key.NodePublic]bool{}}
	control.ModifyFirstMapResponse = tailnet.arrives

	var mutex sync.Mutex
	mux := http.NewServeMux()
	mux.HandleFunc("POST /lab/key", func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		control.RequireAuthKey = r.FormValue("want")
	})
	mux.HandleFunc("POST /lab/expiry", func(w http.ResponseWriter, r *http.Request) {
		at, _ := time.Parse(time.RFC3339, r.FormValue("at"))
		for _, node := range control.AllNodes() {
			node.KeyExpiry = at
			control.UpdateNode(node)
		}
	})
	mux.HandleFunc("POST /lab/magic", func(w http.ResponseWriter, r *http.Request) {
		control.DNSConfig = &tailcfg.DNSConfig{Domains: []string{suffix}, Proxied: r.FormValue("is") == "on"}
		// Everybody is told.
		control.SetExpireAllNodes(false)
	})
	mux.HandleFunc("POST /lab/remove", func(w http.ResponseWriter, r *http.Request) {
		found(w, tailnet.remove(r.FormValue("id")))
	})
	mux.HandleFunc("POST /lab/rename", func(w http.ResponseWriter, r *http.Request) {
		found(w, tailnet.rename(r.FormValue("id"), r.FormValue("name")))
	})
	mux.HandleFunc("GET /lab/nodes", func(w http.ResponseWriter, r *http.Request) {
		for _, node := range tailnet.nodes() {
			fmt.Fprintln(w, node.Hostinfo.Hostname(), strings.TrimSuffix(node.Name, "."), node.StableID)
		}
	})
	mux.Handle("/", control)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, mux))
}

func found(w http.ResponseWriter, was bool) {
	if !was {
		http.Error(w, "no such node", http.StatusNotFound)
	}
}

func serveRelay(address string) {
	relay := derpserver.New(key.NewNode(), logger.Discard)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := selfSigned()
	if err != nil {
		log.Fatal(err)
	}
	// Clients try plain and encrypted, and give up the slower one: nothing to write about.
	silent := log.New(io.Discard, "", 0)
	server := &http.Server{Handler: derpserver.Handler(relay), TLSConfig: certificate, ErrorLog: silent}
	go func() { log.Fatal(server.ServeTLS(listener, "", "")) }()
}
