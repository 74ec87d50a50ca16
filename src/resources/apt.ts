import { type Sh, sh } from '../engine/sh.ts'
import { holder } from './apt-locks.ts'

// Whatever apt is asked to do: it asks nobody, keeps the configuration files that are there, and does it without a terminal.
const words = sh`-q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`

// In one stream, so that the order of what is said is kept. apt's option makes it wait for dpkg's two locks only; those of lists and archives make it fail at once. So all four are waited for here.
const tools = sh`
    exec 2>&1
    holder() ( ${holder} )
    free() {
      waited=0
      while found=$(holder) && [ "$found" != none ]; do
        [ $waited -lt 600 ] || { echo "E: Could not get lock: $found has held it for 10 min" >&2; return 1; }
        echo "waiting for $found, which holds apt's lock"; sleep 1; waited=$((waited + 1))
      done
    }
    bounded() {
      seconds=$1; shift; rc=0
      timeout --kill-after=20 "$seconds" "$@" || rc=$?
      case $rc in 124|137) echo "E: $1 $2 did not end within $seconds s" >&2 ;; esac
      return $rc
    }
    lists=/run/groundwork/apt-lists-are-fresh
    stale() {
      [ -z "$(find "$lists" -mmin -60 2>/dev/null)" ] ||
        [ -n "$(find /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings /etc/apt/trusted.gpg.d -newer "$lists" 2>/dev/null | head -n 1)" ]
    }
    refresh() {
      if stale; then
        free && bounded 300 apt-get update -q -o APT::Update::Error-Mode=any -o Acquire::Retries=1 -o Acquire::http::Timeout=12 -o Acquire::https::Timeout=12 &&
          mkdir -p /run/groundwork && touch "$lists"
      fi
    }`

/**
 * Installs packages, `name` or `name=version`, from lists at most an hour old and no older than the sources. Mirrors fail now and then:
 * up to three tries, each with fresh lists, for at most ten minutes. Once dpkg has begun, a failure is no weather, and is not tried again.
 */
export const install = (names: readonly string[], options: readonly string[] = []): Sh => sh`${tools}
    now() { read -r up _ </proc/uptime; echo "\${up%.*}"; }
    try=1 begun=$(now)
    until echo "try $try of 3" && refresh && free && bounded 1200 apt-get install ${words} --no-install-recommends ${options} ${names}
    do
      if [ $try = 3 ] || [ $(($(now) - begun)) -gt 600 ] || [ -n "$(dpkg --audit)" ]; then ${lookAround(names)} || true; exit 100; fi
      rm -f "$lists"; sleep $((try * 2)); try=$((try + 1))
    done`

// What a person wants to see next, and aptFault reads: the versions that there are, and the files that name the sources.
const lookAround = (names: readonly string[]): Sh =>
  sh`apt-cache -q madison ${names.map((name) => name.replace(/=.*/, ''))} 2>/dev/null | sed 's/^ */available: /'
      grep -rsE '^[^#]*://' /etc/apt/sources.list /etc/apt/sources.list.d | sed -E 's|//[^/@ ]*@|//|; s/^/source: /'`

/** Finishes what was cut: configures what was unpacked, fetches again what is only half there. */
export const mend = sh`${tools}
    configure() { free && bounded 1200 dpkg --configure -a --force-confdef --force-confold; }
    broken() { free && bounded 1200 apt-get ${words} --fix-broken install; }
    configure || true
    broken || { refresh && broken; }
    configure
    left=$(dpkg --audit | sed -n 's/^ \([^ ]*\).*/\1/p')
    if [ -n "$left" ]; then refresh && free && bounded 1200 apt-get ${words} --reinstall install $left; fi`
