#!/bin/sh
# SPDX-License-Identifier: MIT
# The command mls-provider: list, explain, bench; what they say of a config and
# how they end.

set -u
umask 022
build=${MLS_TEST_BUILDDIR:-.}
[ -f "$build/.libs/openssl.so" ] || {
	echo "skipped: there is no provider openssl"
	exit 77
}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/mls-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
MLS_CONFIG=$tmp/config
export MLS_CONFIG

fail()
{
	printf 'FAIL: %s\n' "$*" >&2
	sed 's/^/  stdout: /' "$tmp/out" >&2
	sed 's/^/  stderr: /' "$tmp/err" >&2
	exit 1
}

# t STATUS ARGUMENT...
t()
{
	t_status=$1
	shift
	"${MLS_RUN:-$build/run}" mls-provider "$@" >"$tmp/out" 2>"$tmp/err"
	t_rc=$?
	[ $t_rc = "$t_status" ] ||
		fail "'mls-provider $*' ended with $t_rc, not $t_status"
}

# out TEXT, err TEXT: a line, without the blanks around, is this.
says()
{
	sed 's/^ *//; s/ *$//; s/  */ /g' "$tmp/$1" | grep -qxF -e "$2" ||
		fail "no '$2' in $1"
}

cat >"$MLS_CONFIG" <<END
[provider openssl]
module = openssl.so
[provider again]
module = openssl.so
[route]
crypto = openssl
hash = nobody, again
[suite 0x0001]
sign = again
verify-with = again
[suite 0x0002]
aead = nobody
END

t 1 list
says out "kem DHKEM(P-256) openssl $MLS_CONFIG:6: [route] crypto"
says out "aead AES-128-GCM NOBODY $MLS_CONFIG:12: [suite 0x0002] aead"
says out "not nobody: no such provider"
says out "checked by again"

t 0 explain 1
says out "0x0001 MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"
says out "not set [suite 0x0001] kem"
says out "decides $MLS_CONFIG:6: [route] crypto = openssl"
says out "overridden built-in default: [route] crypto = openssl, evercrypt, gcrypt, sodium"
says out "decides $MLS_CONFIG:7: [route] hash = nobody, again"
says out "nobody: no such provider"
says out "again: serves"
says out "decides $MLS_CONFIG:9: [suite 0x0001] sign = again"
says out "overridden $MLS_CONFIG:6: [route] crypto = openssl"
says out "again: checks it"
t 0 explain MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519
t 1 explain 2
says out "decides $MLS_CONFIG:12: [suite 0x0002] aead = nobody"
says out "NOBODY serves it"
t 2 explain 0x4711
says err "mls-provider: no suite 0x4711; mls-provider list shows those there are"
t 2 explain

t 0 bench --seconds 0.0001 --suite 1 openssl again
grep -qE '^DHKEM\(X25519\) +encapsulate +[0-9.]+ +[0-9.]+$' "$tmp/out" ||
	fail "no figures of an encapsulation"
grep -qE '^0x0001 again +[0-9.]+( +([0-9.]+|-)){3} +[0-9.]+$' "$tmp/out" ||
	fail "no figures of HPKE seals"
grep -q '^0x0002' "$tmp/out" && fail "figures of a suite not asked for"
t 1 bench nobody
says err "mls-provider: nobody: no such provider"
t 2 bench
t 2 bench --seconds -1 openssl
t 2 bench --suite nonsense openssl

echo "[route" >"$MLS_CONFIG"
t 1 explain 1
grep -q "$MLS_CONFIG:1: " "$tmp/err" || fail "the line is not named"
