# SPDX-License-Identifier: MIT

if TESTS_WANTED
AM_TESTS_ENVIRONMENT = MLS_TEST_PROVIDERDIR='$(abs_builddir)/.libs'; \
	export MLS_TEST_PROVIDERDIR;
check_PROGRAMS += test_keystore
TESTS += test_keystore
test_keystore_SOURCES = tests/unit/test_keystore.c
test_keystore_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
if WITH_SQLITE
test_keystore_CPPFLAGS += -DTEST_SQLITE
endif
test_keystore_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
test_keystore_LDADD = libframework.la $(CRITERION_LIBS)
endif
