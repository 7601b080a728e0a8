#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh PROGRAM: a Criterion program for automake's TAP driver, with
# MLS_TEST_WRAPPER, if set, in front of it.
#
# Criterion does not see what happens to a test's process after the test, and
# closes what Valgrind writes to; so the reports of leaks and the like go to
# files, and any of them fails the program.

reports=$(mktemp -d "${MLS_TEST_BUILDDIR:-$PWD}/reports.XXXXXX") || exit 99
trap 'rm -rf "$reports"' EXIT
trap 'exit 99' HUP INT TERM

ASAN_OPTIONS=log_path=$reports/report:${ASAN_OPTIONS-}
UBSAN_OPTIONS=log_path=$reports/report:${UBSAN_OPTIONS-}
VALGRIND_OPTS="--log-file=$reports/valgrind.%p ${VALGRIND_OPTS-}"
export ASAN_OPTIONS UBSAN_OPTIONS VALGRIND_OPTS

# shellcheck disable=SC2086 # a list of words
${MLS_TEST_WRAPPER-} "$@" --tap=- --jobs=1 2>&1
status=$?
for report in "$reports"/report.* \
    $(grep -l 'ERROR SUMMARY: [1-9]' "$reports"/valgrind.* 2>/dev/null); do
	[ -s "$report" ] || continue
	sed 's/^/# /' "$report"
	status=1
done
exit $status
