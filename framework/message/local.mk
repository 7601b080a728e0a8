# SPDX-License-Identifier: MIT
libframework_la_SOURCES += \
	framework/message/commit.c \
	framework/message/framing.c framework/message/framing.h \
	framework/message/key_package.c \
	framework/message/message.c framework/message/message.h \
	framework/message/private.c \
	framework/message/proposal.c framework/message/proposal.h \
	framework/message/util.c framework/message/util.h \
	framework/message/welcome.c framework/message/welcome.h
