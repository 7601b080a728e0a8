# SPDX-License-Identifier: MIT
# A Criterion program is a line in check_PROGRAMS and TESTS and counts test by
# test; a .sh is passed by its exit status (77: skipped).
TEST_EXTENSIONS = .sh
LOG_COMPILER = sh $(srcdir)/tests/run.sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	MLS_TEST_SRCDIR='$(abs_srcdir)'; export MLS_TEST_SRCDIR; \
	MLS_TEST_BUILDDIR='$(abs_builddir)'; export MLS_TEST_BUILDDIR; \
	MLS_TEST_PROVIDERDIR='$(abs_builddir)/.libs'; \
	export MLS_TEST_PROVIDERDIR;
EXTRA_DIST += tests/run.sh tests/layers.sh
TESTS += tests/layers.sh

if TESTS_WANTED
check_PROGRAMS += tests/unit/test_base
TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_base_LDADD = libframework.la $(CRITERION_LIBS)

check_PROGRAMS += tests/unit/test_keystore
TESTS += tests/unit/test_keystore
tests_unit_test_keystore_SOURCES = tests/unit/test_keystore.c \
	tests/unit/keystore_fixture.h
tests_unit_test_keystore_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
if WITH_SQLITE
tests_unit_test_keystore_CPPFLAGS += -DTEST_SQLITE
endif
tests_unit_test_keystore_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_keystore_LDADD = libframework.la $(CRITERION_LIBS)

if WITH_SQLITE
check_PROGRAMS += tests/unit/test_sqlite
TESTS += tests/unit/test_sqlite
tests_unit_test_sqlite_SOURCES = tests/unit/test_sqlite.c \
	tests/unit/keystore_fixture.h
tests_unit_test_sqlite_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
tests_unit_test_sqlite_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_sqlite_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif
