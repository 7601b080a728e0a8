# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# C sources that come in a crate, for a provider on a library that no
# distribution has: fetched, pinned by providers/NAME/pin/Cargo.lock, and built;
# sourced by tools/NAME, never run.  Nothing of Rust is built.
#
# Who sources this defines build_in DIR, which unpacks $crate there and builds
# it, and install_from DIR, which copies what is wanted from there to $prefix.

. "$(dirname "$0")/lib.sh"

# locked WANT CRATE: its version or checksum, in the lock file.
locked()
{
	awk -v want="$1" -v crate="\"$2\"" '$1 == "name" { ours = $3 == crate }
	ours && $1 == want { gsub(/"/, "", $3); print $3 }' "$pin/Cargo.lock"
}

# find_crate: its archive where cargo keeps those, if it is the right one.
find_crate()
{
	cache=${CARGO_HOME:-${HOME-}/.cargo}/registry/cache
	for crate in "$cache"/*/"$name".crate; do
		[ -f "$crate" ] && printf '%s  %s\n' "$sum" "$crate" |
			sha256sum -c --status && return
	done
	return 1
}

# need_cargo: bookworm's own, cargo-web's elder, reads no index but the one in
# git.
need_cargo()
{
	command -v cargo >/dev/null && return
	if apt-cache show cargo-web >/dev/null 2>&1; then
		(need cargo-web)
	else
		(need cargo)
	fi
}

fetch()
{
	find_crate && return
	if ! need_cargo; then
		say "there is no cargo" >"$logs/$provider-fetch"
		return 1
	fi
	say "Fetching $name"
	cargo fetch -q --locked --manifest-path "$pin/Cargo.toml" \
	    >"$logs/$provider-fetch" 2>&1 && find_crate
}

# compile_in DIR SOURCE TARGET ARGUMENT...: TARGET of the CMake project in
# SOURCE, in DIR/build, as code that ends up in a module is to be compiled.
compile_in()
{
	place=$1
	source=$2
	target=$3
	shift 3
	cmake -G Ninja -S "$source" -B "$place/build" \
	    -DCMAKE_BUILD_TYPE=Release \
	    -DCMAKE_C_FLAGS="-w -fvisibility=hidden -ffunction-sections \
-fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
-ffile-prefix-map=$place=." "$@" &&
		cmake --build "$place/build" --target "$target"
}

# crate_main PROVIDER CRATE TITLE [PREFIX]: the stamp, which says what is there,
# comes last.
crate_main()
{
	provider=$1
	title=$3
	pin=$root/providers/$provider/pin
	prefix=${4:-$build/$provider}
	case $prefix in
	-h | --help)
		say "usage: tools/$provider [PREFIX]"
		say "Fetches and builds $title for ../configure" \
		    "--with-$provider=PREFIX."
		exit 0 ;;
	esac
	prepare
	mkdir -p "$prefix" && prefix=$(cd "$prefix" && pwd -P) || exit
	include=$prefix/include/$provider
	sum=$(locked checksum "$2")
	name=$2-$(locked version "$2")
	[ -n "$sum" ] || die "$pin/Cargo.lock pins nothing"
	[ "$(cat "$include/stamp" 2>/dev/null)" != "$sum" ] || exit 0
	if ! fetch; then
		say "$title is left out: $name could not be fetched" \
		    "(build/logs/$provider-fetch says why)"
		exit 77
	fi
	need cmake ninja-build 'g++|clang'
	say "Building $title"
	rm -rf "$include" "$build/$provider-source"
	mkdir -p "$prefix/lib" "$include" "$build/$provider-source"
	if ! quiet "$provider" build_in "$build/$provider-source" ||
	    ! install_from "$build/$provider-source" ||
	    ! printf '%s\n' "$sum" >"$include/stamp"; then
		die "$title could not be built"
	fi
	rm -rf "$build/$provider-source"
}
