#!/bin/sh
# SPDX-License-Identifier: MIT
# No layer of the framework uses one above it, a provider sees provider.h
# alone, and no file has grown too long.

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
cd "$src" || exit 99

# Sources of our own under the given folders.
sources()
{
	find "$@" -type f \( -name '*.c' -o -name '*.h' \) | sort
}

layers()
{
	sources framework | xargs awk '
	BEGIN {
		n = split("base plugin crypto tree schedule message group",
		    order, " ")
		for (i = 1; i <= n; i++)
			level[order[i]] = i
	}
	!/^[ \t]*#[ \t]*include[ \t]*"/ { next }
	{
		split(FILENAME, at, "/")
		split($0, quoted, "\"")
		name = quoted[2]
		to = name
		sub("/.*", "", to)
		if (name ~ /\.\./)
			print FILENAME ":" FNR ": includes by a relative path"
		else if (to in level && level[to] > level[at[2]])
			print FILENAME ":" FNR ": " at[2] " is below " to
		else if (!(to in level) && name ~ "/" && to != "libmls")
			print FILENAME ":" FNR ": " name " is of no layer"
	}'
}

# A header in quotes is provider.h, of the own folder or of common/.
providers()
{
	sources providers | xargs awk '
	!/^[ \t]*#[ \t]*include/ { next }
	{
		split(FILENAME, at, "/")
		name = $0
		gsub(/.*include[ \t]*["<]|[">].*/, "", name)
		if (name == "libmls/provider.h" ||
		    name ~ /^(\.\.\/)?common\// ||
		    index(name, "providers/common/") == 1 ||
		    index(name, "providers/" at[2] "/") == 1)
			next
		own = at[1] "/" at[2] "/" name
		if (name ~ /\.\./ || name ~ /^libmls\// || ($0 ~ /"/ &&
		    (getline line < own) < 0))
			print FILENAME ":" FNR ": a provider includes " name
		close(own)
	}'
}

lengths()
{
	find framework providers include tools tests -type f \( -name '*.[ch]' \
	    -o -name '*.sh' -o -name '*.awk' \) -exec awk '
	END { if (NR > 600) print FILENAME ": " NR " lines, more than 600" }
	' '{}' \;
}

found=$(layers; providers; lengths)
[ -z "$found" ] && exit 0
printf '%s\n' "$found"
exit 1
