# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What tools/quickstart and tools/check share; sourced, never run.
#
# Everything that is made goes to build/, but for what autoreconf writes
# beside configure.ac; packages are the only thing touched elsewhere.

set -u
unset CDPATH
# The loader refuses provider folders that others may write to.
umask 022

# shellcheck disable=SC2034 # the sourcing scripts use them
root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
build=$root/build
logs=$build/logs
jobs=$(nproc 2>/dev/null || echo 2)

build_packages='gcc|clang libc6-dev make autoconf automake libtool
	autoconf-archive pkgconf|pkg-config libssl-dev libsqlite3-dev mawk|gawk'
test_packages='libcriterion-dev libjansson-dev libgcrypt20-dev libsodium-dev'

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# quiet LOG COMMAND...: the output goes to build/logs/LOG and is shown, its
# end at least, only if the command fails.
quiet()
{
	quiet_log=$logs/$1
	shift
	"$@" >"$quiet_log" 2>&1 && return
	tail -n 30 "$quiet_log" >&2
	say "The whole output is in $quiet_log" >&2
	return 1
}

# prepare: the place is fit to build in, and nobody else is at it.
prepare()
{
	case $root in
	*[[:space:]]*)
		die "$root: autoconf cannot build in a folder with spaces" ;;
	esac
	mkdir -p "$logs" 2>/dev/null && [ -z "$(find "$build" "$logs" \
	    -maxdepth 1 ! -writable -print -quit)" ] ||
		die "$build cannot be written: who made it? (work on a copy of" \
		    "the checkout, or remove build/ as its owner)"
	# A script that another one of ours runs has its lock.
	if [ "${MLS_BUILD_LOCK-}" != "$build" ] && command -v flock >/dev/null
	then
		exec 9>"$build/.lock"
		flock -n 9 || { say "waiting for another run in $build"
			flock 9; }
		MLS_BUILD_LOCK=$build
		export MLS_BUILD_LOCK
	fi
}

installed()
{
	case $(dpkg-query -W -f '${db:Status-Abbrev} ' "$1" 2>/dev/null) in
	*ii*) ;;
	*) return 1 ;;
	esac
}

# missing PACKAGE...: those not installed; of a|b one will do, best the first.
missing()
{
	for spec in "$@"; do
		found=
		for package in $(printf %s "$spec" | tr '|' ' '); do
			installed "$package" && found=yes
		done
		[ -n "$found" ] || printf '%s ' "${spec%%|*}"
	done
}

# apt COMMAND...: apt-get as root, or through sudo.
apt()
{
	set -- env DEBIAN_FRONTEND=noninteractive apt-get -y \
		--no-install-recommends "$@"
	[ "$(id -u)" -eq 0 ] || set -- sudo "$@"
	"$@" 9>&-
}

may_install()
{
	command -v apt-get >/dev/null || return 1
	[ "$(id -u)" -eq 0 ] && return
	command -v sudo >/dev/null || return 1
	sudo -n true 2>/dev/null || [ -t 0 ]
}

# need PACKAGE...: install what is missing, and say so.
need()
{
	if ! command -v dpkg-query >/dev/null; then
		say "Not a Debian system; this needs what Debian calls:" "$@"
		return
	fi
	lacking=$(missing "$@")
	[ -n "$lacking" ] || return 0
	may_install || die "packages are missing, and this user may not" \
	    "install them; as root, run:
    apt-get install --no-install-recommends $lacking"
	say "Installing: $lacking"
	# shellcheck disable=SC2086 # a list of words
	if ! apt install $lacking >"$logs/apt" 2>&1; then
		quiet apt-update apt update || die "apt-get update failed"
		quiet apt apt install $lacking || die "these packages cannot be" \
		    "installed: $lacking"
	fi
}

# bootstrap: make configure, unless it is newer than what it is made from.
bootstrap()
{
	if [ -x "$root/configure" ] && [ -f "$root/Makefile.in" ] &&
	    [ -f "$root/build-aux/tap-driver.sh" ] &&
	    [ -z "$(find "$root/configure.ac" "$root/Makefile.am" \
		"$root/framework" "$root/providers" "$root/tools" \
		"$root/tests" "$root/doc" \( -name local.mk -o \
		-name configure.ac -o -name Makefile.am \) \
		-newer "$root/configure" 2>/dev/null)" ]; then
		return
	fi
	[ -w "$root" ] || die "$root cannot be written, and autoreconf has to" \
	    "make configure there: work on a copy of the checkout"
	say "Making configure"
	quiet autoreconf autoreconf -fi "$root" || die "autoreconf failed"
}

# configure DIR ARGUMENT...: in a folder of its own, once; again only if
# configure or the arguments changed.  No argument: as it was, if it was.
configure()
{
	dir=$1
	shift
	if [ -f "$dir/Makefile" ] && [ -x "$dir/config.status" ] &&
	    [ ! "$root/configure" -nt "$dir/config.status" ] &&
	    { [ $# -eq 0 ] || [ "$(cat "$dir/.arguments" 2>/dev/null)" = "$*" ]; }
	then
		return
	fi
	[ $# -ne 0 ] || [ ! -s "$dir/.arguments" ] ||
		set -- $(cat "$dir/.arguments")
	say "Configuring ${dir#"$root"/}"
	mkdir -p "$dir"
	(cd "$dir" && quiet "configure-${dir##*/}" "$root/configure" -q "$@") ||
		return
	printf '%s' "$*" >"$dir/.arguments"
}

# compile DIR [TARGET...]
compile()
{
	say "Building ${1#"$root"/}"
	dir=$1
	shift
	quiet "make-${dir##*/}" make -C "$dir" -j "$jobs" "$@" || return
	# Where somebody built with another umask.
	chmod go-w "$dir/.libs" "$dir"/.libs/*.so 2>/dev/null || :
}

# crates NAME...: make build/NAME by tools/NAME, unless it cannot be fetched
# here, and leave what configure is to be told in $with_crates.
crates()
{
	with_crates=
	for crate in "$@"; do
		"$root/tools/$crate"
		case $? in
		0) with_crates="$with_crates --with-$crate=$build/$crate" ;;
		77) with_crates="$with_crates --with-$crate=no" ;;
		*) exit 1 ;;
		esac
	done
	with_crates=${with_crates# }
}
