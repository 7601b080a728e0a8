# SPDX-License-Identifier: MIT

bin_PROGRAMS += mls-provider
mls_provider_SOURCES = \
	tools/mls-provider/bare/bare.h \
	tools/mls-provider/bench.c tools/mls-provider/bench.h \
	tools/mls-provider/bench_hpke.c tools/mls-provider/bench_ops.c \
	tools/mls-provider/explain.c \
	tools/mls-provider/inspect.c \
	tools/mls-provider/list.c \
	tools/mls-provider/main.c tools/mls-provider/tool.h
mls_provider_LDADD = libframework.la
include tools/mls-provider/conformance/local.mk

# The yardsticks of mls-provider bench, beside the modules of this build tree.
bare_flags = -module -avoid-version -shared -no-undefined -rpath /nowhere \
	-export-symbols-regex '^mls_bare$$' $(MLS_LDFLAGS)
if WITH_OPENSSL
noinst_LTLIBRARIES += bare-openssl.la
bare_openssl_la_SOURCES = tools/mls-provider/bare/bare.h \
	tools/mls-provider/bare/openssl.c tools/mls-provider/bare/seal.c
bare_openssl_la_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
bare_openssl_la_LDFLAGS = $(bare_flags)
bare_openssl_la_LIBADD = $(OPENSSL_LIBS)
endif
if WITH_GCRYPT
noinst_LTLIBRARIES += bare-gcrypt.la
bare_gcrypt_la_SOURCES = tools/mls-provider/bare/bare.h \
	tools/mls-provider/bare/gcrypt.c tools/mls-provider/bare/seal.c
bare_gcrypt_la_CFLAGS = $(AM_CFLAGS) $(GCRYPT_CFLAGS)
bare_gcrypt_la_LDFLAGS = $(bare_flags)
bare_gcrypt_la_LIBADD = $(GCRYPT_LIBS)
endif
if WITH_SODIUM
noinst_LTLIBRARIES += bare-sodium.la
bare_sodium_la_SOURCES = tools/mls-provider/bare/bare.h \
	tools/mls-provider/bare/sodium.c tools/mls-provider/bare/seal.c
bare_sodium_la_CFLAGS = $(AM_CFLAGS) $(SODIUM_CFLAGS)
bare_sodium_la_LDFLAGS = $(bare_flags)
bare_sodium_la_LIBADD = $(SODIUM_LIBS)
endif
if WITH_EVERCRYPT
noinst_LTLIBRARIES += bare-evercrypt.la
bare_evercrypt_la_SOURCES = tools/mls-provider/bare/bare.h \
	tools/mls-provider/bare/evercrypt.c tools/mls-provider/bare/seal.c
bare_evercrypt_la_CPPFLAGS = $(AM_CPPFLAGS) $(EVERCRYPT_CPPFLAGS)
bare_evercrypt_la_LDFLAGS = $(bare_flags) -Wl,--exclude-libs,ALL
bare_evercrypt_la_LIBADD = $(EVERCRYPT_LIBS)
endif
if WITH_AWSLC
noinst_LTLIBRARIES += bare-awslc.la
bare_awslc_la_SOURCES = tools/mls-provider/bare/bare.h \
	tools/mls-provider/bare/awslc.c tools/mls-provider/bare/seal.c
bare_awslc_la_CPPFLAGS = $(AM_CPPFLAGS) $(AWSLC_CPPFLAGS)
bare_awslc_la_LDFLAGS = $(bare_flags) -Wl,--exclude-libs,ALL -Wl,--gc-sections
bare_awslc_la_LIBADD = $(AWSLC_LIBS)
endif
bin_PROGRAMS += mls
mls_SOURCES = tools/mls/mls.h tools/mls/change.c tools/mls/cmd_change.c \
	tools/mls/cmd_client.c tools/mls/cmd_group.c tools/mls/cmd_lineage.c \
	tools/mls/cmd_outside.c tools/mls/cmd_tree.c \
	tools/mls/cmd_view.c tools/mls/file.c tools/mls/mailbox.c \
	tools/mls/main.c tools/mls/options.c tools/mls/receive.c \
	tools/mls/say.c tools/mls/seen.c tools/mls/session.c \
	tools/mls/show.c tools/mls/sync.c tools/mls/text.c
mls_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-I$(srcdir)/include -Iinclude
mls_LDADD = libmls.la
dist_man_MANS += doc/mls.1
EXTRA_DIST += tools/demo
# It reads the library's counters, which nothing exports.
noinst_PROGRAMS += mls-bench
# What measures, for tests too; linked so that the library's allocations are
# counted.
bench_sources = tools/bench/bench.h tools/bench/full.c tools/bench/gauge.c \
	tools/bench/heap.c tools/bench/heap.h tools/bench/member.c \
	tools/bench/meter.c tools/bench/play.c tools/bench/tape.c \
	tools/bench/tape.h tools/bench/tape_keep.c tools/bench/tape_keys.c \
	tools/bench/tape_state.h tools/bench/tape_store.c tools/bench/world.c
bench_ldflags = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
mls_bench_SOURCES = $(bench_sources) tools/bench/apps.c tools/bench/aside.c \
	tools/bench/emit.c tools/bench/main.c tools/bench/peer.c \
	tools/bench/peer.h tools/bench/table.c
mls_bench_CPPFLAGS = $(AM_CPPFLAGS) \
	-DBEST_CONF='"$(abs_top_srcdir)/doc/examples/best.conf"'
mls_bench_LDFLAGS = $(bench_ldflags)
mls_bench_LDADD = libframework.la
