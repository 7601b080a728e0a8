#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules, each with its verdict, the number of its tests and where they are.
# Fails if a rule has none.
#
# A test counts by its own word: a Criterion test by its name, in which
# LEAF_18_19 and LEAF_18_to_21 stand for LEAF-18 and so on; a script by lines
# "# RULE: IDS".  It has to be among those that `make check` runs, as built.

src=${MLS_TEST_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${MLS_TEST_BUILDDIR:-$src/build}
cd "$build" || exit 99

# Whichever tests this run was asked for.
tests=$(unset MAKEFLAGS MFLAGS MAKEOVERRIDES TESTS
    ${MAKE:-make} -s list-tests) || exit 99
case " $tests " in
*" tests/rules/rules "*) ;;
*)
	echo 'the tests of rules are not built here'
	exit 77 ;;
esac

# WHERE NAME, one a line.
names()
{
	for t in $tests; do
		case $t in
		*.sh)
			sed -n "s|^# RULE: |$t |p" "$src/$t" ;;
		tests/unit/* | tests/rules/*)
			"./$t" -l | awk -v program="$t" '
			/^[^ ]+: [0-9]+ tests?$/ {
				suite = $1
				next
			}
			{
				sub(/^[^A-Za-z]+/, "")
				print program ":" suite ":" $0, $0
			}' ;;
		esac
	done
}

rules=$(awk -v want=rules -f "$src/framework/base/errors.awk" \
    "$src/framework/base/errors.tab" "$src/framework/base/rules.tab") || exit 99
{
	printf '%s\n' "$rules"
	echo
	names
} | awk -f "$src/tests/rules/list.awk"
