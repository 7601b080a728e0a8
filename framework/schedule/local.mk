# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/schedule/context.c framework/schedule/context.h \
	framework/schedule/epoch.c framework/schedule/epoch.h \
	framework/schedule/psk.c framework/schedule/psk.h \
	framework/schedule/secret_tree.c framework/schedule/secret_tree.h
