# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/crypto/call.h \
	framework/crypto/der.c framework/crypto/der.h \
	framework/crypto/forms.c framework/crypto/forms.h \
	framework/crypto/hpke.c framework/crypto/hpke.h \
	framework/crypto/kem.c framework/crypto/kem.h \
	framework/crypto/key.c framework/crypto/key.h \
	framework/crypto/labels.c framework/crypto/labels.h \
	framework/crypto/parts.c framework/crypto/parts.h \
	framework/crypto/stored.c \
	framework/crypto/suite.c framework/crypto/suite.h \
	framework/crypto/twin.c framework/crypto/twin.h
