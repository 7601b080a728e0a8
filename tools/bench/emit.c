/* SPDX-License-Identifier: MIT */
/* Results as lines of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "tape.h"

unsigned long
status_kb(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[200];

	while (f != NULL && kb == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0)
			kb = strtoul(line + strlen(field) + 1, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kb;
}

/* Of the last time: the first may load what later ones find. */
static void
emit_counts(const struct meter *m)
{
	static const char *const names[MLS_COUNT_MAX] = {
		"hash", "hash_bytes", "hmac", "seal", "open", "sign",
		"verify", "keygen", "aead", "node_copies", "reads",
		"read_bytes", "writes", "write_bytes"
	};
	const struct reading *r = &m->v[m->runs - 1];
	size_t i;

	for (i = 0; i < MLS_COUNT_MAX; i++)
		printf(",\"%s\":%ju", names[i], (uintmax_t)r->count[i]);
	printf(",\"allocs\":%ju", (uintmax_t)r->allocs);
}

static void
emit_floor(const struct meter *m)
{
	double cpu = meter_cpu(m), floor = meter_floor(m, true);

	printf(",\"floor_us\":%.1f,\"floor_crypto_us\":%.1f,"
	    "\"ratio\":%.3f,\"ranges\":%.3f,\"key_ops\":%ju", floor,
	    meter_floor(m, false), cpu / floor, meter_ranges(m) / cpu,
	    (uintmax_t)tape_key_ops(m->tape));
}

void
emit_more(const struct peer *p, const struct meter *m, const char *further)
{
	size_t runs = m->runs;

	runs = runs == 0 ? 1 : runs - (m->tape != NULL && runs > 1);
	printf("{\"peer\":\"libmls\",\"version\":\"%s\",\"provider\":\"%s\","
	    "\"suite\":%u,\"n\":%u,\"op\":\"%s\",\"median_us\":%.1f,"
	    "\"cpu_us\":%.1f,\"reps\":%zu,\"bytes\":%zu,"
	    "\"peak_rss_kb\":%lu%s", mls_version(), p->w->provider,
	    p->w->suite, (unsigned)p->n, m->op, meter_wall(m), meter_cpu(m),
	    runs, m->bytes, status_kb("VmHWM"), further);
	if (m->tape != NULL && m->runs > 1)
		emit_floor(m);
	if (m->runs != 0)
		emit_counts(m);
	printf("}\n");
	fflush(stdout);
}

void
emit(const struct peer *p, struct meter *m)
{
	if (m->runs != 0)
		emit_more(p, m, "");
	meter_free(m);
}

void
emit_bytes(const struct peer *p, const char *op, size_t bytes)
{
	struct meter m = { .op = op, .bytes = bytes };

	emit_more(p, &m, "");
}
