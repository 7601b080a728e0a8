# SPDX-License-Identifier: MIT
# A Criterion program is a line in check_PROGRAMS and TESTS and counts test by
# test, as does a .tap; a .sh is passed by its exit status (77: skipped).
TEST_EXTENSIONS = .sh .tap
LOG_COMPILER = sh $(srcdir)/tests/run.sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_COMPILER = $(SHELL)
TAP_LOG_COMPILER = $(SHELL)
TAP_LOG_DRIVER = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = \
	MLS_TEST_SRCDIR='$(abs_srcdir)'; export MLS_TEST_SRCDIR; \
	MLS_TEST_BUILDDIR='$(abs_builddir)'; export MLS_TEST_BUILDDIR; \
	MLS_TEST_PROVIDERDIR='$(abs_builddir)/.libs'; \
	export MLS_TEST_PROVIDERDIR; \
	MLS_PROVIDER_DIR='$(abs_builddir)/.libs'; export MLS_PROVIDER_DIR; \
	MLS_TEST_PROVIDERS='$(provider_LTLIBRARIES)'; \
	export MLS_TEST_PROVIDERS;
# The offsets of the provider ABI, checked by compiling.
noinst_PROGRAMS += tests/abi
tests_abi_SOURCES = tests/abi.c

# What takes longest; `make check history_tests=` goes without.
history_tests =
TESTS += $(history_tests)

EXTRA_DIST += tests/run.sh tests/layers.sh tests/histories/history.sh \
	tests/histories/mangle.sh tests/histories/nonces.sh \
	tests/histories/providers.tap tests/histories/walk.sh
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
	tests/unit/keystore_fixture.h tests/unit/in_memory.h
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

# Official test vectors; `mls-vectors FILE...`.
check_PROGRAMS += mls-vectors
mls_vectors_SOURCES = tests/vectors/vectors.h tests/vectors/main.c \
	tests/vectors/runs.h tests/vectors/runs.c tests/vectors/mixed.c \
	tests/vectors/values.c tests/vectors/math.c tests/vectors/crypto.c \
	tests/vectors/schedule.c tests/vectors/protection.c \
	tests/vectors/messages.c tests/vectors/tree.c tests/vectors/treekem.c \
	tests/vectors/options.c tests/vectors/world.c \
	tests/vectors/passive.c tests/vectors/passive.h \
	tests/vectors/reject.c tests/vectors/app.c \
	tests/histories/shelf.c tests/histories/shelf.h
mls_vectors_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
mls_vectors_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
mls_vectors_LDADD = libframework.la $(JANSSON_LIBS)

# Files of their form, which the test makes anew, too.
TESTS += tests/system/test_vectors.sh
EXTRA_DIST += tests/system/test_vectors.sh tests/vectors/stories.json \
	tests/vectors/stories-app.json tests/vectors/README.md
if WITH_OPENSSL
check_PROGRAMS += tests/vectors/make_stories
tests_vectors_make_stories_SOURCES = tests/vectors/make_stories.c \
	tests/rules/forge.c tests/rules/forge.h tests/rules/forge_octets.c \
	tests/rules/forge_commit.c tests/rules/watch.c \
	tests/unit/group_fixture.h tests/unit/certificate.h
tests_vectors_make_stories_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_vectors_make_stories_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS) \
	$(JANSSON_CFLAGS)
tests_vectors_make_stories_LDADD = libframework.la $(CRITERION_LIBS) \
	$(JANSSON_LIBS)
endif

if WITH_OPENSSL
message_tests = tests/unit/test_schedule tests/unit/test_message \
	tests/unit/test_private
check_PROGRAMS += $(message_tests)
TESTS += $(message_tests)
tests_unit_test_schedule_SOURCES = tests/unit/test_schedule.c
tests_unit_test_schedule_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_schedule_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_message_SOURCES = tests/unit/test_message.c \
	tests/unit/message_fixture.h
tests_unit_test_message_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_message_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_private_SOURCES = tests/unit/test_private.c \
	tests/unit/message_fixture.h
tests_unit_test_private_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_private_LDADD = libframework.la $(CRITERION_LIBS)
endif
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
tests_unit_test_openssl_data_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_LIBCRYPTO \
	$(OPENSSL_CFLAGS)
tests_unit_test_openssl_data_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_openssl_data_LDADD = $(CRITERION_LIBS) $(OPENSSL_LIBS)
endif
endif

if TESTS_WANTED
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
if WITH_GCRYPT
check_PROGRAMS += tests/unit/test_twin
TESTS += tests/unit/test_twin
tests_unit_test_twin_SOURCES = tests/unit/test_twin.c \
	tests/unit/crypto_fixture.h
tests_unit_test_twin_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_twin_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif
endif

# The plugin layer, with modules that have one fault each.
if TESTS_WANTED
plugin_faults = \
	tests/faults/fault_magic.la tests/faults/fault_abi.la \
	tests/faults/fault_init.la tests/faults/fault_symbol.la \
	tests/faults/fault_answer.la tests/faults/fault_reserved.la \
	tests/faults/fault_short.la tests/faults/fault_table.la \
	tests/faults/fault_missing.la tests/faults/fault_sizes.la \
	tests/faults/fault_list.la tests/faults/fault_test.la \
	tests/faults/fault_undefined.la tests/faults/fault_status.la
check_LTLIBRARIES += $(plugin_faults)
fault_flags = -module -avoid-version -shared -no-undefined -rpath /nowhere \
	$(MLS_LDFLAGS)
tests_faults_fault_magic_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_magic_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=MAGIC
tests_faults_fault_magic_la_LDFLAGS = $(fault_flags)
tests_faults_fault_abi_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_abi_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=ABI
tests_faults_fault_abi_la_LDFLAGS = $(fault_flags)
tests_faults_fault_init_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_init_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=INIT
tests_faults_fault_init_la_LDFLAGS = $(fault_flags)
tests_faults_fault_symbol_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_symbol_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=SYMBOL
tests_faults_fault_symbol_la_LDFLAGS = $(fault_flags)
tests_faults_fault_answer_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_answer_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=ANSWER
tests_faults_fault_answer_la_LDFLAGS = $(fault_flags)
tests_faults_fault_reserved_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_reserved_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=RESERVED
tests_faults_fault_reserved_la_LDFLAGS = $(fault_flags)
tests_faults_fault_short_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_short_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=SHORT
tests_faults_fault_short_la_LDFLAGS = $(fault_flags)
tests_faults_fault_table_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_table_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=TABLE
tests_faults_fault_table_la_LDFLAGS = $(fault_flags)
tests_faults_fault_missing_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_missing_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=MISSING
tests_faults_fault_missing_la_LDFLAGS = $(fault_flags)
tests_faults_fault_sizes_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_sizes_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=SIZES
tests_faults_fault_sizes_la_LDFLAGS = $(fault_flags)
tests_faults_fault_list_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_list_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=LIST
tests_faults_fault_list_la_LDFLAGS = $(fault_flags)
tests_faults_fault_test_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_test_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=TEST
tests_faults_fault_test_la_LDFLAGS = $(fault_flags)
tests_faults_fault_undefined_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_undefined_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=UNDEFINED
# That the loader does not put it off is not to be the linker's doing.
tests_faults_fault_undefined_la_LDFLAGS = $(fault_flags) -Wl,-z,lazy
tests_faults_fault_status_la_SOURCES = tests/faults/faulty.c
tests_faults_fault_status_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAULT=STATUS
tests_faults_fault_status_la_LDFLAGS = $(fault_flags)

check_PROGRAMS += tests/unit/test_config tests/unit/test_loader \
	tests/unit/test_route tests/unit/test_host
TESTS += tests/unit/test_config tests/unit/test_loader tests/unit/test_route \
	tests/unit/test_host
tests_unit_test_config_SOURCES = tests/unit/test_config.c
tests_unit_test_config_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_config_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_loader_SOURCES = tests/unit/test_loader.c \
	tests/unit/toy.c tests/unit/toy.h
tests_unit_test_loader_CPPFLAGS = $(AM_CPPFLAGS) \
	-DFAULTS='"$(abs_builddir)/tests/faults/.libs"'
tests_unit_test_loader_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_loader_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_loader_DEPENDENCIES = libframework.la $(plugin_faults)
tests_unit_test_route_SOURCES = tests/unit/test_route.c \
	tests/unit/toy.c tests/unit/toy.h
tests_unit_test_route_CPPFLAGS = $(AM_CPPFLAGS) \
	-DPROVIDERS='"$(abs_builddir)/.libs"'
tests_unit_test_route_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_route_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_host_SOURCES = tests/unit/test_host.c \
	tests/unit/toy.c tests/unit/toy.h
tests_unit_test_host_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_host_LDADD = libframework.la $(CRITERION_LIBS)
endif

if TESTS_WANTED
if WITH_OPENSSL
group_tests = tests/unit/test_group
check_PROGRAMS += $(group_tests)
TESTS += $(group_tests)
tests_unit_test_group_SOURCES = tests/unit/test_group.c \
	tests/unit/group_fixture.h
tests_unit_test_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_group_LDADD = libmls.la $(CRITERION_LIBS)
three_tests = tests/unit/test_credential tests/unit/test_custom \
	tests/unit/test_external tests/unit/test_in_place \
	tests/unit/test_devices tests/unit/test_lineage tests/unit/test_observer \
	tests/unit/test_self_remove
check_PROGRAMS += $(three_tests)
TESTS += $(three_tests)
tests_unit_test_in_place_SOURCES = tests/unit/test_in_place.c \
	tests/unit/three.h tests/unit/group_fixture.h
tests_unit_test_in_place_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_in_place_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_credential_SOURCES = tests/unit/test_credential.c \
	tests/unit/three.h tests/unit/group_fixture.h
tests_unit_test_credential_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_credential_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_custom_SOURCES = tests/unit/test_custom.c \
	tests/unit/three.h tests/unit/group_fixture.h tests/unit/certificate.h
tests_unit_test_custom_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_custom_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_observer_SOURCES = tests/unit/test_observer.c \
	tests/unit/test_observer_outside.c \
	tests/unit/test_observer_save.c tests/unit/observer_fixture.h \
	tests/unit/group_fixture.h tests/unit/outside_fixture.h
tests_unit_test_observer_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_observer_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_external_SOURCES = tests/unit/test_external.c \
	tests/unit/three.h tests/unit/group_fixture.h \
	tests/unit/outside_fixture.h
tests_unit_test_external_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_external_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_devices_SOURCES = tests/unit/test_devices.c \
	tests/unit/group_fixture.h tests/unit/three.h
tests_unit_test_devices_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_devices_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_lineage_SOURCES = tests/unit/test_lineage.c \
	tests/unit/three.h tests/unit/group_fixture.h
tests_unit_test_lineage_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_lineage_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_self_remove_SOURCES = tests/unit/test_self_remove.c \
	tests/unit/three.h tests/unit/group_fixture.h
tests_unit_test_self_remove_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_self_remove_LDADD = libmls.la $(CRITERION_LIBS)
tree_tests = tests/unit/test_tree_math tests/unit/test_node \
	tests/unit/test_tree tests/unit/test_tree_read tests/unit/test_treekem
fixture = tests/fixture.c tests/fixture.h
tree_model = $(fixture) tests/unit/tree_model.c tests/unit/tree_model.h
check_PROGRAMS += $(tree_tests)
TESTS += $(tree_tests)
tests_unit_test_tree_math_SOURCES = tests/unit/test_tree_math.c
tests_unit_test_tree_math_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_tree_math_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_node_SOURCES = tests/unit/test_node.c $(fixture)
tests_unit_test_node_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_unit_test_node_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_node_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_tree_SOURCES = tests/unit/test_tree.c $(tree_model) \
	tests/unit/tree_store.c tests/unit/tree_store.h
tests_unit_test_tree_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_unit_test_tree_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_tree_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_tree_read_SOURCES = tests/unit/test_tree_read.c $(tree_model)
tests_unit_test_tree_read_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_unit_test_tree_read_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_tree_read_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_treekem_SOURCES = tests/unit/test_treekem.c $(tree_model) \
	tests/unit/kem_group.c tests/unit/kem_group.h
tests_unit_test_treekem_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_unit_test_treekem_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_treekem_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif
TESTS += tests/system/test_mailbox.sh tests/system/test_mls.sh \
	tests/system/test_open.sh tests/system/test_provider.sh
EXTRA_DIST += tests/system/people.sh tests/system/test_mailbox.sh \
	tests/system/test_mls.sh tests/system/test_open.sh \
	tests/system/test_provider.sh

# Live groups with other libraries, by hand; and what was heard of them.
EXTRA_DIST += tests/interop/listen.py tests/interop/main.py \
	tests/interop/peer.py tests/interop/run tests/interop/session.py \
	tests/interop/mls-rs/Cargo.lock tests/interop/mls-rs/Cargo.toml \
	tests/interop/mls-rs/src/main.rs tests/interop/openmls/Cargo.lock \
	tests/interop/openmls/Cargo.toml tests/interop/openmls/src/main.rs \
	tests/interop/ts-mls/driver.js tests/interop/ts-mls/package.json \
	tests/interop/ts-mls/package-lock.json tests/vectors/peers.sh \
	tests/vectors/peers/mls-rs.json tests/vectors/peers/openmls.json \
	tests/vectors/peers/ts-mls.json
EXTRA_DIST += tests/system/test_interop.sh
if WITH_INTEROP
TESTS += tests/system/test_interop.sh
endif
if TESTS_WANTED
if WITH_OPENSSL
TESTS += tests/vectors/peers.sh
endif
endif

if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_inspect
TESTS += tests/unit/test_inspect
tests_unit_test_inspect_SOURCES = tests/unit/test_inspect.c
tests_unit_test_inspect_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_inspect_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif

# Every rule that a message can break, by messages forged to break it; --list says
# which tests a rule has.
if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += tests/rules/rules
TESTS += tests/rules/rules
tests_rules_rules_SOURCES = tests/rules/main.c tests/rules/forge.c \
	tests/rules/forge.h tests/rules/forge_octets.c \
	tests/rules/forge_commit.c tests/rules/rules_frame.c \
	tests/rules/rules_leaf.c tests/rules/rules_credential.c \
	tests/rules/rules_key_package.c tests/rules/rules_proposals.c \
	tests/rules/rules_commit.c tests/rules/rules_welcome.c \
	tests/rules/rules_message.c tests/rules/rules_observer.c \
	tests/rules/rules_psk.c tests/rules/rules_send.c tests/rules/rules_external.c \
	tests/rules/rules_outsider.c tests/rules/rules_lineage.c \
	tests/rules/rules_info.c tests/rules/rules_custom.c \
	tests/rules/rules_making.c tests/rules/rules_order.c \
	tests/rules/rules_store.c tests/rules/rules_stored.c \
	tests/rules/rules_accept.c \
	tests/rules/rules_tree.c tests/rules/rules_found.c \
	tests/rules/watch.c tests/rules/welcome.c tests/rules/welcome.h \
	tests/unit/group_fixture.h tests/unit/certificate.h \
	tests/unit/in_memory.h
tests_rules_rules_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests \
	-D_DEFAULT_SOURCE -DTEST_SRCDIR='"$(abs_srcdir)"' \
	-DTEST_BUILDDIR='"$(abs_builddir)"'
tests_rules_rules_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_rules_rules_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
tests_rules_rules_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif
TESTS += tests/rules/list.sh tests/rules/providers.sh
EXTRA_DIST += tests/rules/list.sh tests/rules/list.awk \
	tests/rules/providers.sh
list-tests:
	@echo $(TESTS)
.PHONY: list-tests

# What tools/bench measures is bounded here.
if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_cost
TESTS += tests/unit/test_cost
tests_unit_test_cost_SOURCES = tests/unit/test_cost.c $(bench_sources)
tests_unit_test_cost_LDFLAGS = $(bench_ldflags)
tests_unit_test_cost_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tools/bench
tests_unit_test_cost_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_cost_LDADD = libframework.la $(CRITERION_LIBS)
endif
endif

# Counted exactly, against what was recorded.
EXTRA_DIST += tests/perf/counters.tap tests/perf/instructions \
	tests/perf/recorded
if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += mls-counters
TESTS += tests/perf/counters.tap
mls_counters_SOURCES = tests/perf/counters.c $(bench_sources)
mls_counters_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tools/bench
mls_counters_LDFLAGS = $(bench_ldflags)
mls_counters_LDADD = libframework.la
endif
endif

# Long random histories, over the public interface alone; `make check` plays
# short ones.
if TESTS_WANTED
if WITH_OPENSSL
histories = mls-history mls-mangle mls-nonces mls-walk
check_PROGRAMS += $(histories)
history_tests += tests/histories/history.sh tests/histories/mangle.sh \
	tests/histories/nonces.sh tests/histories/providers.tap \
	tests/histories/walk.sh
history_world = tests/histories/world.c tests/histories/world.h \
	tests/histories/shelf.c tests/histories/shelf.h
mls_history_SOURCES = $(history_world) tests/histories/history.c \
	tests/histories/play.h tests/histories/intents.c \
	tests/histories/digest.c tests/histories/digest.h \
	tests/histories/round.c tests/histories/traffic.c \
	tests/histories/outside.c tests/histories/watch.c \
	tools/mls-provider/conformance/sha2.c \
	tools/mls-provider/conformance/sha2.h
mls_history_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE \
	-I$(srcdir)/tools/mls-provider
if WITH_SQLITE
mls_history_CPPFLAGS += -DTEST_SQLITE
endif
mls_history_LDADD = libmls.la
mls_mangle_SOURCES = $(history_world) tests/histories/mangle.c
mls_mangle_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
mls_mangle_LDADD = libmls.la
mls_walk_SOURCES = $(history_world) tests/histories/walk.c \
	tests/histories/walk.h tests/histories/walk_letters.c \
	tests/histories/walk_room.c tests/histories/walk_steps.c \
	tests/histories/walk_token.c tests/histories/walk_watch.c \
	tests/histories/walk_ways.c
mls_walk_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
mls_walk_LDADD = libmls.la
mls_nonces_SOURCES = $(history_world) tests/histories/nonces.c \
	tests/histories/seals.c tests/histories/seals.h
mls_nonces_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
mls_nonces_LDADD = libmls.la
endif
endif

# Every allocation of every call fails, over the public interface alone.
if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += mls-memory
history_tests += tests/histories/memory.sh
EXTRA_DIST += tests/histories/memory.sh
mls_memory_SOURCES = tests/histories/memory.c \
	tests/histories/memory.h tests/histories/memory_scene.c \
	tests/histories/memory_side.c tests/histories/memory_load.c \
	tests/histories/memory_watch.c \
	tests/histories/heap.c \
	tests/histories/heap.h $(history_world)
mls_memory_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(OPENSSL_CFLAGS)
mls_memory_LDADD = libmls.la $(OPENSSL_LIBS)
check_PROGRAMS += mls-starve
TESTS += tests/histories/starve.sh
EXTRA_DIST += tests/histories/starve.sh
mls_starve_SOURCES = tests/histories/starve.c tests/histories/heap.c \
	tests/histories/heap.h $(history_world)
mls_starve_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
mls_starve_LDADD = libmls.la
endif
endif

# Plain programs, that ThreadSanitizer can run too.
check_PROGRAMS += tests/race/executor
TESTS += tests/race/executor
tests_race_executor_SOURCES = tests/race/executor.c \
	providers/threads/threads.c
# An object of its own beside the module's.
tests_race_executor_CPPFLAGS = $(AM_CPPFLAGS)
if WITH_OPENSSL
check_PROGRAMS += tests/race/groups
TESTS += tests/race/groups
tests_race_groups_SOURCES = tests/race/groups.c
tests_race_groups_LDADD = libmls.la
endif

if TESTS_WANTED
check_PROGRAMS += tests/unit/test_threads
TESTS += tests/unit/test_threads
tests_unit_test_threads_SOURCES = tests/unit/test_threads.c
tests_unit_test_threads_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE
tests_unit_test_threads_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_threads_LDADD = $(CRITERION_LIBS)
if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_threads_group
TESTS += tests/unit/test_threads_group
tests_unit_test_threads_group_SOURCES = tests/unit/test_threads_group.c \
	tests/unit/group_fixture.h
tests_unit_test_threads_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_threads_group_LDADD = libmls.la $(CRITERION_LIBS)
endif
endif

if TESTS_WANTED
if WITH_SODIUM
check_PROGRAMS += tests/unit/test_sodium
TESTS += tests/unit/test_sodium
tests_unit_test_sodium_SOURCES = tests/unit/test_sodium.c tests/unit/openssl.h
tests_unit_test_sodium_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_sodium_LDADD = $(CRITERION_LIBS)
if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_sodium_agrees
TESTS += tests/unit/test_sodium_agrees
tests_unit_test_sodium_agrees_SOURCES = tests/unit/test_agree.c \
	tests/unit/both.h tests/unit/openssl.h
tests_unit_test_sodium_agrees_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"sodium"'
tests_unit_test_sodium_agrees_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_sodium_agrees_LDADD = $(CRITERION_LIBS)
endif

# Suite 3 whole by sodium.
check_PROGRAMS += tests/unit/test_sodium_group
TESTS += tests/unit/test_sodium_group
tests_unit_test_sodium_group_SOURCES = tests/unit/test_sodium_group.c \
	tests/unit/group_fixture.h
tests_unit_test_sodium_group_CPPFLAGS = $(AM_CPPFLAGS)
if WITH_OPENSSL
tests_unit_test_sodium_group_CPPFLAGS += -DTEST_OPENSSL
endif
tests_unit_test_sodium_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_sodium_group_LDADD = libmls.la $(CRITERION_LIBS)
endif
endif

# The gcrypt provider, by the openssl provider's tests and against it.
if TESTS_WANTED
if WITH_GCRYPT
gcrypt_tests = tests/unit/test_gcrypt_keys tests/unit/test_gcrypt_data
tests_unit_test_gcrypt_keys_SOURCES = tests/unit/test_openssl.c \
	tests/unit/openssl.h
tests_unit_test_gcrypt_keys_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"gcrypt"'
tests_unit_test_gcrypt_keys_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_gcrypt_keys_LDADD = $(CRITERION_LIBS)
tests_unit_test_gcrypt_data_SOURCES = tests/unit/test_openssl_data.c \
	tests/unit/openssl.h
tests_unit_test_gcrypt_data_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"gcrypt"'
tests_unit_test_gcrypt_data_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_gcrypt_data_LDADD = $(CRITERION_LIBS)
if WITH_OPENSSL
gcrypt_tests += tests/unit/test_gcrypt tests/unit/test_gcrypt_agrees
tests_unit_test_gcrypt_agrees_SOURCES = tests/unit/test_agree.c \
	tests/unit/both.h tests/unit/openssl.h
tests_unit_test_gcrypt_agrees_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"gcrypt"'
tests_unit_test_gcrypt_agrees_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_gcrypt_agrees_LDADD = $(CRITERION_LIBS)
tests_unit_test_gcrypt_SOURCES = tests/unit/test_gcrypt.c \
	tests/unit/both.h tests/unit/openssl.h
tests_unit_test_gcrypt_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_MODULE='"gcrypt"'
tests_unit_test_gcrypt_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS) \
	$(GCRYPT_CFLAGS)
tests_unit_test_gcrypt_LDADD = $(CRITERION_LIBS) $(GCRYPT_LIBS)
endif
gcrypt_tests += tests/unit/test_gcrypt_group
tests_unit_test_gcrypt_group_SOURCES = tests/unit/test_group.c \
	tests/unit/group_fixture.h
tests_unit_test_gcrypt_group_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_CRYPTO='"gcrypt"'
tests_unit_test_gcrypt_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_gcrypt_group_LDADD = libmls.la $(CRITERION_LIBS)
check_PROGRAMS += $(gcrypt_tests)
TESTS += $(gcrypt_tests)
endif
endif

# What make install leaves, and the template of a provider.
TESTS += tests/system/test_install.sh
EXTRA_DIST += tests/system/test_install.sh

# The nonces of ECDSA, by openssl's HMAC.
if TESTS_WANTED
if WITH_OPENSSL
check_PROGRAMS += tests/unit/test_rfc6979
TESTS += tests/unit/test_rfc6979
tests_unit_test_rfc6979_SOURCES = tests/unit/test_rfc6979.c \
	tests/unit/openssl.h
tests_unit_test_rfc6979_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers
tests_unit_test_rfc6979_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_rfc6979_LDADD = libcommon.la $(CRITERION_LIBS)
endif
endif

# The evercrypt provider, by the openssl provider's tests as well.
if TESTS_WANTED
if WITH_EVERCRYPT
evercrypt_tests = tests/unit/test_evercrypt \
	tests/unit/test_evercrypt_keys tests/unit/test_evercrypt_data \
	tests/unit/test_evercrypt_group tests/unit/test_evercrypt_old
tests_unit_test_evercrypt_SOURCES = tests/unit/test_evercrypt.c \
	tests/unit/openssl.h
tests_unit_test_evercrypt_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"evercrypt"'
tests_unit_test_evercrypt_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_LDADD = $(CRITERION_LIBS)
tests_unit_test_evercrypt_keys_SOURCES = tests/unit/test_openssl.c \
	tests/unit/openssl.h
tests_unit_test_evercrypt_keys_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"evercrypt"'
tests_unit_test_evercrypt_keys_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_keys_LDADD = $(CRITERION_LIBS)
tests_unit_test_evercrypt_data_SOURCES = tests/unit/test_openssl_data.c \
	tests/unit/openssl.h
tests_unit_test_evercrypt_data_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"evercrypt"'
tests_unit_test_evercrypt_data_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_data_LDADD = $(CRITERION_LIBS)
tests_unit_test_evercrypt_group_SOURCES = tests/unit/test_group.c \
	tests/unit/group_fixture.h
tests_unit_test_evercrypt_group_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_CRYPTO='"evercrypt"' -DTEST_SUITES=3
tests_unit_test_evercrypt_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_group_LDADD = libmls.la $(CRITERION_LIBS)
# The provider as on a processor without AES: the linker puts the test's own
# function in the place of EverCrypt's that looks at the processor.
tests_unit_test_evercrypt_old_SOURCES = tests/unit/test_evercrypt_old.c \
	$(evercrypt_la_SOURCES)
tests_unit_test_evercrypt_old_CPPFLAGS = $(evercrypt_la_CPPFLAGS)
tests_unit_test_evercrypt_old_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_old_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=EverCrypt_AutoConfig2_init
tests_unit_test_evercrypt_old_LDADD = libcommon.la $(EVERCRYPT_LIBS) \
	libframework.la $(CRITERION_LIBS)
if WITH_OPENSSL
evercrypt_tests += tests/unit/test_evercrypt_agrees
tests_unit_test_evercrypt_agrees_SOURCES = tests/unit/test_agree.c \
	tests/unit/both.h tests/unit/openssl.h
tests_unit_test_evercrypt_agrees_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"evercrypt"'
tests_unit_test_evercrypt_agrees_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_evercrypt_agrees_LDADD = $(CRITERION_LIBS)
endif
check_PROGRAMS += $(evercrypt_tests)
TESTS += $(evercrypt_tests)
endif
endif

# The awslc provider, in the same way.
if TESTS_WANTED
if WITH_AWSLC
awslc_tests = tests/unit/test_awslc_keys tests/unit/test_awslc_data \
	tests/unit/test_awslc_group
tests_unit_test_awslc_keys_SOURCES = tests/unit/test_openssl.c \
	tests/unit/openssl.h
tests_unit_test_awslc_keys_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_MODULE='"awslc"'
tests_unit_test_awslc_keys_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_awslc_keys_LDADD = $(CRITERION_LIBS)
tests_unit_test_awslc_data_SOURCES = tests/unit/test_openssl_data.c \
	tests/unit/openssl.h
tests_unit_test_awslc_data_CPPFLAGS = $(AM_CPPFLAGS) -DTEST_MODULE='"awslc"'
tests_unit_test_awslc_data_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_awslc_data_LDADD = $(CRITERION_LIBS)
tests_unit_test_awslc_group_SOURCES = tests/unit/test_group.c \
	tests/unit/group_fixture.h
tests_unit_test_awslc_group_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_CRYPTO='"awslc"' -DTEST_SUITES=3
tests_unit_test_awslc_group_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_awslc_group_LDADD = libmls.la $(CRITERION_LIBS)
if WITH_OPENSSL
awslc_tests += tests/unit/test_awslc_agrees
tests_unit_test_awslc_agrees_SOURCES = tests/unit/test_agree.c \
	tests/unit/both.h tests/unit/openssl.h
tests_unit_test_awslc_agrees_CPPFLAGS = $(AM_CPPFLAGS) \
	-DTEST_MODULE='"awslc"'
tests_unit_test_awslc_agrees_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_awslc_agrees_LDADD = $(CRITERION_LIBS)
endif
check_PROGRAMS += $(awslc_tests)
TESTS += $(awslc_tests)
endif
endif

# mls-provider test on all modules, and on modules with one fault each.
wrong_modules = tests/faults/opaque.la tests/faults/wrong_crypto.la \
	tests/faults/wrong_keystore.la tests/faults/wrong_memory.la \
	tests/faults/wrong_rest.la
check_LTLIBRARIES += $(wrong_modules)
wrong_flags = -module -avoid-version -shared -no-undefined -rpath /nowhere \
	$(MLS_LDFLAGS)
wrong_cppflags = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE -I$(srcdir)/providers
tests_faults_opaque_la_SOURCES = tests/faults/opaque.c tests/faults/wrong.h
tests_faults_opaque_la_CPPFLAGS = $(wrong_cppflags)
tests_faults_opaque_la_LDFLAGS = $(wrong_flags)
tests_faults_wrong_crypto_la_SOURCES = tests/faults/wrong_crypto.c \
	tests/faults/wrong.h
tests_faults_wrong_crypto_la_CPPFLAGS = $(wrong_cppflags)
tests_faults_wrong_crypto_la_LDFLAGS = $(wrong_flags)
tests_faults_wrong_crypto_la_LIBADD = libcommon.la
tests_faults_wrong_keystore_la_SOURCES = tests/faults/wrong_keystore.c \
	tests/faults/wrong.h
tests_faults_wrong_keystore_la_CPPFLAGS = $(wrong_cppflags)
tests_faults_wrong_keystore_la_LDFLAGS = $(wrong_flags)
tests_faults_wrong_memory_la_SOURCES = $(tests_faults_wrong_keystore_la_SOURCES)
tests_faults_wrong_memory_la_CPPFLAGS = $(wrong_cppflags) \
	-DFLAGS=MLS_PROVIDER_VOLATILE
tests_faults_wrong_memory_la_LDFLAGS = $(wrong_flags)
tests_faults_wrong_rest_la_SOURCES = tests/faults/wrong_rest.c
tests_faults_wrong_rest_la_CPPFLAGS = $(wrong_cppflags)
tests_faults_wrong_rest_la_LDFLAGS = $(wrong_flags)
conformance_tests = tests/conformance/providers.tap \
	tests/conformance/faults.tap tests/conformance/wycheproof.tap
TESTS += $(conformance_tests)
EXTRA_DIST += $(conformance_tests) \
	tests/conformance/files/chacha20_poly1305.json \
	tests/conformance/files/ecdh_p256.json \
	tests/conformance/files/ecdsa_p256.json \
	tests/conformance/files/ed25519.json \
	tests/conformance/files/hkdf_sha256.json \
	tests/conformance/files/hmac_sha256.json \
	tests/conformance/files/other.json \
	tests/conformance/files/undecided.json \
	tests/conformance/files/wrong.json tests/conformance/files/x25519.json

# One fault after the other, as an application meets it.
if TESTS_WANTED
if WITH_OPENSSL
fault_tests = tests/unit/test_faults tests/unit/test_fault_calls
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
fault_cppflags = $(AM_CPPFLAGS) -D_XOPEN_SOURCE=700 \
	-DFAULTS='"$(abs_builddir)/tests/faults/.libs"'
tests_unit_test_faults_SOURCES = tests/unit/test_faults.c \
	tests/unit/faults.h tests/unit/group_fixture.h
tests_unit_test_faults_CPPFLAGS = $(fault_cppflags)
tests_unit_test_faults_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_faults_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_faults_DEPENDENCIES = libmls.la $(plugin_faults) \
	$(wrong_modules)
tests_unit_test_fault_calls_SOURCES = tests/unit/test_fault_calls.c \
	tests/unit/faults.h tests/unit/group_fixture.h
tests_unit_test_fault_calls_CPPFLAGS = $(fault_cppflags)
if WITH_SQLITE
tests_unit_test_fault_calls_CPPFLAGS += -DTEST_SQLITE
endif
tests_unit_test_fault_calls_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_fault_calls_LDADD = libmls.la $(CRITERION_LIBS)
tests_unit_test_fault_calls_DEPENDENCIES = libmls.la $(wrong_modules)

# Several providers at once, and stores that outlive a config.
if WITH_SQLITE
check_PROGRAMS += tests/unit/test_mixed
TESTS += tests/unit/test_mixed
tests_unit_test_mixed_SOURCES = tests/unit/test_mixed.c tests/unit/faults.h \
	tests/unit/group_fixture.h
tests_unit_test_mixed_CPPFLAGS = $(fault_cppflags)
tests_unit_test_mixed_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_mixed_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_mixed_DEPENDENCIES = libframework.la $(wrong_modules)

erase_tests = tests/unit/test_erase tests/unit/test_erase_late \
	tests/unit/test_erase_starved
check_PROGRAMS += $(erase_tests)
TESTS += $(erase_tests)
tests_unit_test_erase_SOURCES = tests/unit/test_erase.c \
	tests/unit/erase_fixture.h tests/unit/faults.h \
	tests/unit/group_fixture.h
tests_unit_test_erase_CPPFLAGS = $(fault_cppflags)
tests_unit_test_erase_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_erase_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_erase_DEPENDENCIES = libframework.la $(wrong_modules)
tests_unit_test_erase_late_SOURCES = tests/unit/test_erase_late.c \
	tests/unit/erase_fixture.h tests/unit/faults.h \
	tests/unit/group_fixture.h tests/histories/shelf.c \
	tests/histories/shelf.h
tests_unit_test_erase_late_CPPFLAGS = $(fault_cppflags)
tests_unit_test_erase_late_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_erase_late_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_erase_late_DEPENDENCIES = libframework.la $(wrong_modules)
tests_unit_test_erase_starved_SOURCES = tests/unit/test_erase_starved.c \
	tests/unit/erase_fixture.h tests/unit/faults.h \
	tests/unit/group_fixture.h tests/histories/shelf.c \
	tests/histories/shelf.h tests/histories/heap.c \
	tests/histories/heap.h
tests_unit_test_erase_starved_CPPFLAGS = $(fault_cppflags) -D_GNU_SOURCE
tests_unit_test_erase_starved_CFLAGS = $(AM_CFLAGS) $(CRITERION_CFLAGS)
tests_unit_test_erase_starved_LDADD = libframework.la $(CRITERION_LIBS)
tests_unit_test_erase_starved_DEPENDENCIES = libframework.la $(wrong_modules)
endif
endif
endif
