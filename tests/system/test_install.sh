#!/bin/sh
# SPDX-License-Identifier: MIT
# What an installation holds, and what it is good for: an application and a
# provider are built with it alone, and it goes as it came.

set -u
unset MLS_STORE MLS_GROUP MLS_CONFIG MLS_PROVIDER_DIR MLS_PROVIDERS_DISABLE
unset MAKEFLAGS MFLAGS MAKELEVEL PKG_CONFIG_SYSROOT_DIR DESTDIR
umask 022

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${MLS_TEST_BUILDDIR:-.}
for module in openssl sqlite; do
	[ -f "$build/.libs/$module.so" ] || {
		echo "skipped: there is no provider $module"
		exit 77
	}
done
pkg_config=$(sed -n 's/^PKG_CONFIG = //p' "$build/Makefile")
compiler=$(sed -n 's/^CC = //p' "$build/Makefile")
# With sanitizers, a program wants them too.
link=$(sed -n 's/^MLS_LDFLAGS = //p' "$build/Makefile")

tmp=$(mktemp -d "${TMPDIR:-/tmp}/mls-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$tmp/home
# Whoever looks for what is kept of memory must not find what is set aside.
ASAN_OPTIONS=quarantine_size_mb=0:${ASAN_OPTIONS-}
export HOME ASAN_OPTIONS

fail()
{
	printf 'FAIL: %s\n' "$*" >&2
	[ ! -s "$tmp/log" ] || sed 's/^/  /' "$tmp/log" >&2
	exit 1
}

# do_ COMMAND...: its output goes to $tmp/log.
do_()
{
	"$@" >"$tmp/log" 2>&1 || fail "'$*' ended with $?"
}

# says STATUS TEXT COMMAND...
says()
{
	says_status=$1 says_text=$2
	shift 2
	"$@" >"$tmp/log" 2>&1
	says_rc=$?
	[ $says_rc = "$says_status" ] ||
		fail "'$*' ended with $says_rc, not $says_status"
	grep -q -e "$says_text" "$tmp/log" || fail "'$*' says no '$says_text'"
}

files()
{
	find "$tmp/root" ! -type d | sort
}

do_ make -s -C "$build" install DESTDIR="$tmp/root"
find "$tmp/root" -name '*.la' | grep . && fail "libtool's files are installed"

# The installation as it will be, but in $tmp/root.
prefix=$tmp/root$("$pkg_config" --variable=prefix "$build/libmls.pc")
PKG_CONFIG_PATH=$(dirname "$(find "$tmp/root" -name libmls.pc)")
export PKG_CONFIG_PATH
pc="$pkg_config --define-variable=prefix=$prefix"
libdir=$($pc --variable=libdir libmls)
providers=$($pc --variable=providerdir mls-provider)
sections=$($pc --variable=providerconfdir mls-provider)
tool=$(find "$tmp/root" -name mls-provider -type f)
for path in "$prefix" "$libdir" "$providers" "$sections" "$tool"; do
	[ -e "$path" ] || fail "the installation lacks $path"
done
for module in "$build"/.libs/*.so; do
	name=$(basename "$module" .so)
	case $name in
	libmls | bare-*) continue ;;
	esac
	[ -f "$providers/$name.so" ] || fail "$name.so is not installed"
	[ -f "$sections/$name.conf" ] || fail "$name.conf is not installed"
done

# The defaults that mls.conf shows are those there are; without the '#' they are
# taken, and so are its examples.
conf=$(find "$tmp/root" -name mls.conf)
cmp -s "$conf" "$src/doc/mls.conf" || fail "there is no mls.conf"
sed -n 's/^#[a-z]* = \(.*,.*\|s[a-z]*\)$/\1/p' "$conf" >"$tmp/defaults"
[ "$(wc -l <"$tmp/defaults")" = 4 ] || fail "mls.conf shows no defaults"
while read -r list; do
	grep -q "\"$list\"" "$src/framework/plugin/list.c" ||
		fail "mls.conf: '$list' is not built in"
done <"$tmp/defaults"
sed 's/^#\([^ ]\)/\1/; s/^# \(\[.*\]\)$/\1/; s/^# \([a-z-]* = .*\)/\1/
    s/^sign = acme/sign = openssl/' "$conf" >"$tmp/conf"
echo 'module = threads.so' >>"$tmp/conf"
grep -q '^x-width' "$tmp/conf" || fail "mls.conf shows no examples"
says 1 'skipped disabled' env MLS_CONFIG="$tmp/conf" \
    MLS_PROVIDER_DIR="$providers" "$tool" list
sed '/^enabled = no/d' "$tmp/conf" >"$tmp/conf.2"
[ -f "$providers/sodium.so" ] && says 0 'each role' env \
    MLS_CONFIG="$tmp/conf.2" MLS_PROVIDER_DIR="$providers" "$tool" list

# An application.
# shellcheck disable=SC2086 # words
do_ $compiler "$src/doc/examples/hello.c" \
    $($pc --cflags --libs libmls) $link -o "$tmp/hello"
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
says 0 'Alice: Hello, Bob!' env MLS_CONFIG=/dev/null \
    MLS_PROVIDER_DIR="$providers" "$tmp/hello"

# A provider, by the template.
template=$(dirname "$(find "$tmp/root" -name template.c)")
cp -r "$template" "$tmp/template" && chmod -R u+w "$tmp/template" || exit 99
do_ make -s -C "$tmp/template" CC="$compiler" PKG_CONFIG="$pc"
says 0 '^offers  *rng$' "$tool" inspect "$tmp/template/template.so"
if "$tool" --help | grep -q 'mls-provider test'; then
	do_ "$tool" test "$tmp/template/template.so"
fi
do_ make -s -C "$tmp/template" install CC="$compiler" PKG_CONFIG="$pc"
[ -f "$providers/template.so" ] && [ -f "$sections/template.conf" ] ||
	fail "make install has not installed the template"

# template DEVICE: a config with it as the source of randomness.
template()
{
	printf '[route]\nrng = template\n'
	cat "$sections/template.conf"
	echo "x-device = $1"
}
MLS_PROVIDER_DIR=$providers MLS_CONFIG=$tmp/conf
export MLS_PROVIDER_DIR MLS_CONFIG
template /dev/urandom >"$tmp/conf"
says 0 ' rng  *template ' "$tool" list
says 0 'Hello, Bob!' "$tmp/hello"
template /dev/zero >"$tmp/conf"
says 1 'the device is broken: it gives the same octets' "$tool" list
says 1 '' "$tmp/hello"
template /dev/null >"$tmp/conf"
says 1 'the device cannot be read: it has come to its end' "$tool" list
template "$tool" >"$tmp/conf"
says 1 'mls-provider: not a character device' "$tool" list
template /nowhere >"$tmp/conf"
says 1 '/nowhere: No such file' "$tool" list
sed 's/^x-device/x-devise/' "$tmp/conf" >"$tmp/conf.2"
says 1 "devise: no such parameter; there is 'device'" \
    env MLS_CONFIG="$tmp/conf.2" "$tool" list

# What the administrator changed stays when it is installed again.
rm "$providers/template.so" "$sections/template.conf"
echo '# ours' >>"$conf"
do_ make -s -C "$build" install DESTDIR="$tmp/root"
grep -q '^# ours' "$conf" || fail "mls.conf was overwritten"
do_ make -s -C "$build" uninstall DESTDIR="$tmp/root"
[ "$(files)" = "$conf" ] || fail "after uninstalling there are:" $(files)
cp "$src/doc/mls.conf" "$conf"
chmod u+w "$conf"
do_ make -s -C "$build" uninstall DESTDIR="$tmp/root"
[ -z "$(files)" ] || fail "after uninstalling there are:" $(files)
exit 0
