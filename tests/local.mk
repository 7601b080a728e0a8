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

if TESTS_WANTED
check_PROGRAMS += tests/unit/test_provider_common
TESTS += tests/unit/test_provider_common
tests_unit_test_provider_common_SOURCES = tests/unit/test_provider_common.c
tests_unit_test_provider_common_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(srcdir)/providers
tests_unit_test_provider_common_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_provider_common_LDADD = libcommon.la $(CRITERION_LIBS)

if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_openssl tests/unit/test_openssl_data
TESTS += tests/unit/test_openssl tests/unit/test_openssl_data
tests_unit_test_openssl_SOURCES = tests/unit/test_openssl.c \
	tests/unit/openssl.h
tests_unit_test_openssl_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_openssl_LDADD = $(CRITERION_LIBS)
tests_unit_test_openssl_data_SOURCES = tests/unit/test_openssl_data.c \
	tests/unit/openssl.h
tests_unit_test_openssl_data_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_openssl_data_LDADD = $(CRITERION_LIBS)
if WITH_OPENSSL
crypto_tests = tests/unit/test_crypto tests/unit/test_forms \
	tests/unit/test_hpke tests/unit/test_keys
check_PROGRAMS += $(crypto_tests)
TESTS += $(crypto_tests)
tests_unit_test_crypto_SOURCES = tests/unit/test_crypto.c \
	tests/unit/crypto_fixture.h tests/unit/crypto_basics.h
tests_unit_test_crypto_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_crypto_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_forms_SOURCES = tests/unit/test_forms.c \
	tests/unit/crypto_fixture.h tests/unit/crypto_basics.h
tests_unit_test_forms_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_forms_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_hpke_SOURCES = tests/unit/test_hpke.c \
	tests/unit/crypto_fixture.h
tests_unit_test_hpke_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_hpke_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c \
	tests/unit/crypto_fixture.h
tests_unit_test_keys_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_keys_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif
