# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The binary interface of the library, provider.h's with it, against what was
# recorded; sourced by tools/check.
#
# abidiff's exit status does not tell a struct that grew at its end from one
# whose members changed places.  So any change of a type fails, and has to be
# recorded anew by somebody who looked at it; new functions are only told of.

abi_recorded=$root/framework/libmls.abi
abi_symbols=$root/debian/libmls0.symbols

# abi_describe LIBRARY: what its installed headers define, as XML.
abi_describe()
{
	cat >"$logs/abi.suppr" <<-'END'
	[suppress_type]
	  label = what no installed header defines
	  source_location_not_regexp = (^|/)include/libmls/[a-z]+[.]h|^/usr/
	  drop = yes
	END
	abidw --no-show-locs --no-comp-dir-path --no-corpus-path \
	    --exported-interfaces-only --suppressions "$logs/abi.suppr" "$1" |
	    sed "s|path='[^']*/framework/|path='framework/|"
}

# abi_exports XML: the names with their version node, and the node.
abi_exports()
{
	sed -n "s/.*<elf-symbol name='\([^']*\)' version='\([^']*\)'.*/\1@\2 \2@\2/p" \
	    "$1" | tr ' ' '\n' | LC_ALL=C sort -u
}

# abi_renew XML: record it, and the names for Debian, where those that are
# there already keep the version since which they are there.
abi_renew()
{
	version=$(sed -n 's/^AC_INIT(\[libmls\], \[\(.*\)\])$/\1/p' \
	    "$root/configure.ac")
	cp "$1" "$abi_recorded" &&
	{
		echo 'libmls.so.0 libmls0 #MINVER#'
		echo '* Build-Depends-Package: libmls-dev'
		for name in $(abi_exports "$1"); do
			grep -F " $name " "$abi_symbols" 2>/dev/null ||
				echo " $name $version"
		done
	} >"$logs/symbols" && cp "$logs/symbols" "$abi_symbols"
}

stage_abi()
{
	case $(uname -m) in
	x86_64) ;;
	*) say "the recorded interface is of x86_64"
		return 77 ;;
	esac
	if [ ! -f "$abi_symbols" ]; then
		say "debian/ is in the repository, and not in releases"
		return 77
	fi
	main_tree && abi_describe "$build/.libs/libmls.so" >"$logs/libmls.abi" ||
		return
	if ! grep -q "class-decl name='mls_executor_ops'" "$logs/libmls.abi"
	then
		say "build/.libs/libmls.so has no debugging information: built" \
		    "with CFLAGS without -g?"
		return 1
	fi
	if [ -n "${renew_abi-}" ]; then
		abi_renew "$logs/libmls.abi"
		return
	fi
	abidiff --no-added-syms "$abi_recorded" "$logs/libmls.abi" || {
		say "The binary interface is not what was recorded." \
		    "If programs and providers built before this go on working" \
		    "(or 0.1.0 is not released), and tests/abi.c knows:" \
		    "tools/check --renew-abi"
		return 1
	}
	abi_exports "$logs/libmls.abi" >"$logs/names"
	new=$(sed -n 's/^ \([^ ]*@[^ ]*\) .*/\1/p' "$abi_symbols" |
	    LC_ALL=C sort | LC_ALL=C comm -13 - "$logs/names")
	[ -z "$new" ] || say "Note: new functions, to be recorded with tools/check" \
	    "--renew-abi:" $new
}
