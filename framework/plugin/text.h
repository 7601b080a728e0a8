/* SPDX-License-Identifier: MIT */
/* Small helpers over text. */
#ifndef MLS_PLUGIN_TEXT_H
#define MLS_PLUGIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"

/* utf8_text(s, len): RFC 3629, and no control character but tab and CR. */
bool mls__utf8_text(const char *s, size_t len);

/* suggest(word, list): the nearest of a NULL-terminated list within an edit
 * distance that a slip of the hand makes, or NULL. */
const char *mls__suggest(const char *word, const char *const *list);

/* number16(out, text): "0x0001" or "1", nothing else. */
bool mls__number16(uint16_t *out, const char *text);

/* list_next(*pos, &len): the next name of "a, b, c", or NULL; *pos starts as
 * the list. */
const char *mls__list_next(const char **pos, size_t *len);

/* append(buf, cap, format, ...): at the end of the string in buf; what does
 * not fit is cut. */
void mls__append(char *buf, size_t cap, const char *format, ...)
    MLS_PRINTF(3, 4);

#endif
