# SPDX-License-Identifier: MIT
# mls-provider test.
mls_provider_SOURCES += tools/mls-provider/test.c \
	tools/mls-provider/conformance/aead.c \
	tools/mls-provider/conformance/buffer.c \
	tools/mls-provider/conformance/cases.c \
	tools/mls-provider/conformance/child.c \
	tools/mls-provider/conformance/conform.h \
	tools/mls-provider/conformance/ecdsa.c \
	tools/mls-provider/conformance/erase.c \
	tools/mls-provider/conformance/executor.c \
	tools/mls-provider/conformance/hash.c \
	tools/mls-provider/conformance/kem.c \
	tools/mls-provider/conformance/key.c \
	tools/mls-provider/conformance/keys.c \
	tools/mls-provider/conformance/keys.h \
	tools/mls-provider/conformance/keystore.c \
	tools/mls-provider/conformance/lasting.c \
	tools/mls-provider/conformance/provider.c \
	tools/mls-provider/conformance/rng.c \
	tools/mls-provider/conformance/sha2.c \
	tools/mls-provider/conformance/sha2.h \
	tools/mls-provider/conformance/sign.c \
	tools/mls-provider/conformance/store.c \
	tools/mls-provider/conformance/store.h \
	tools/mls-provider/conformance/tables.c \
	tools/mls-provider/conformance/threads.c \
	tools/mls-provider/conformance/use.h \
	tools/mls-provider/conformance/vectors.c \
	tools/mls-provider/conformance/vectors.h \
	tools/mls-provider/conformance/vectors_dh.c \
	tools/mls-provider/conformance/vectors_torsion.c \
	tools/mls-provider/conformance/verdict.c \
	tools/mls-provider/conformance/verify.c \
	tools/mls-provider/conformance/verify.h \
	tools/mls-provider/conformance/world.c
if WITH_JANSSON
mls_provider_SOURCES += \
	tools/mls-provider/conformance/wycheproof.c \
	tools/mls-provider/conformance/wycheproof.h \
	tools/mls-provider/conformance/wycheproof_kinds.c \
	tools/mls-provider/conformance/wycheproof_mlkem.c
else
mls_provider_SOURCES += tools/mls-provider/conformance/no_wycheproof.c
endif
mls_provider_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE \
	-I$(srcdir)/providers
mls_provider_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
mls_provider_LDADD += libcommon.la $(JANSSON_LIBS)
