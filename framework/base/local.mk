# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/base/alloc.c framework/base/alloc.h \
	framework/base/compat.c framework/base/compat.h \
	framework/base/customs.c framework/base/customs.h \
	framework/base/error.c framework/base/error.h \
	framework/base/reader.c framework/base/reader.h \
	framework/base/secret.c framework/base/secret.h \
	framework/base/writer.c framework/base/writer.h
