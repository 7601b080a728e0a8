/* SPDX-License-Identifier: MIT */
/* As any Criterion program; --list is of rules, with their tests (list.sh), and
 * -l of tests. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "libmls/mls.h"

/* Criterion looks for it by name. */
MLS_API int
main(int argc, char **argv)
{
	struct criterion_test_set *tests;
	int rc = 0;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		setenv("MLS_TEST_SRCDIR", TEST_SRCDIR, 0);
		setenv("MLS_TEST_BUILDDIR", TEST_BUILDDIR, 0);
		execlp("sh", "sh", TEST_SRCDIR "/tests/rules/list.sh",
		    (char *)NULL);
		return 99;
	}
	tests = criterion_initialize();
	if (criterion_handle_args(argc, argv, true))
		rc = !criterion_run_all_tests(tests);
	criterion_finalize(tests);
	return rc;
}
