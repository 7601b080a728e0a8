#!/bin/sh
# SPDX-License-Identifier: MIT
# The example in README.md is the marked part of doc/examples/hello.c, and the
# examples do what they say.

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${MLS_TEST_BUILDDIR:-.}

tmp=$(mktemp -d "${TMPDIR:-/tmp}/mls-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# The first block of C, and the part between the marks, without its indent.
awk '/^```c$/ { inside = 1; next } /^```$/ && inside { exit } inside' \
    "$src/README.md" >"$tmp/readme"
awk '/README end/ { exit } inside { sub(/^\t/, ""); print }
    /README begin/ { inside = 1 }' "$src/doc/examples/hello.c" >"$tmp/example"
[ -s "$tmp/readme" ] || { echo "README.md holds no block of C"; exit 1; }
diff -u "$tmp/readme" "$tmp/example" || {
	echo "README.md and doc/examples/hello.c differ"
	exit 1
}

# What the README and the manual point to is there.
for page in README.md doc/manual.md; do
	dir=$(dirname "$src/$page")
	for link in $(grep -o '](\([^)]*\))' "$src/$page" | sed 's/^](//; s/[)#].*//' |
	    grep -v '^http'); do
		[ -e "$dir/$link" ] || { echo "$page: no $link"; exit 1; }
	done
done

[ -f "$build/.libs/openssl.so" ] || {
	echo "skipped: there is no provider openssl"
	exit 77
}
# run NAME: what an example says.
run()
{
	MLS_PROVIDER_DIR=$build/.libs MLS_CONFIG=$build/run.conf \
	    "$build/doc/examples/$1"
}

said=$(run hello) || exit 1
[ "$said" = 'Alice: Hello, Bob!' ] || {
	echo "the example says '$said'"
	exit 1
}
run server >"$tmp/server" || exit 1
diff -u - "$tmp/server" <<'EOF' || exit 1
epoch 0, a commit of Alice: adds Bob
epoch 1, a commit of Bob: renews Bob
too late
epoch 2, a message of somebody:
refused: the message is of an unknown protocol version
EOF
