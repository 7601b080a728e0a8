/* SPDX-License-Identifier: MIT */
/*
 * The provider `template`: randomness from a device, and a place to start
 * from for a provider of your own.  README says how.
 *
 * It opens the character device that x-device names (/dev/urandom if nothing
 * does), such as /dev/hwrng, and gives out what it reads there.  A device
 * that breaks may go on answering with the same octets again and again; so
 * before each use a sample is read and compared with the one before (the
 * repetition count test of NIST SP 800-90B, section 4.4.1, with samples of 128
 * bits).  Samples are never given out, so no copy of a secret is kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmls/provider.h>

#define DEVICE "/dev/urandom"
#define SAMPLE 16

/* All that there is of one instance.  Nothing is global: two sections of a
 * config may name this module, with a device each. */
struct device {
	const struct mls_host *host; /* lives until fini */
	int fd;
	uint8_t sample[SAMPLE];
};

/* Who called shows the last ERROR text as the cause.  Never log secrets. */
static int
complain(const struct mls_host *host, int status, const char *what,
    const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, why);
	if (MLS_HAS(host, log))
		host->log(host->self, MLS_LOG_ERROR, text);
	return status;
}

static int
read_all(const struct device *d, uint8_t *out, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = read(d->fd, out, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return complain(d->host, n == 0 || errno == ENODEV ?
			    MLS_P_GONE : MLS_P_IO, "the device cannot be read",
			    n == 0 ? "it has come to its end" :
			    strerror(errno));
		out += n;
		len -= (size_t)n;
	}
	return MLS_P_OK;
}

/* d->sample is not the caller's alone; see MLS_PROVIDER_SERIAL below. */
static int
check_health(struct device *d)
{
	uint8_t before[SAMPLE];
	int status;

	memcpy(before, d->sample, SAMPLE);
	status = read_all(d, d->sample, SAMPLE);
	if (status == MLS_P_OK && memcmp(before, d->sample, SAMPLE) == 0)
		status = complain(d->host, MLS_P_IO, "the device is broken",
		    "it gives the same octets again and again");
	return status;
}

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	struct device *d = ctx;
	int status;

	if (len == 0)
		return MLS_P_OK;
	status = check_health(d);
	return status == MLS_P_OK ? read_all(d, out, len) : status;
}

static int
self_test(void *ctx)
{
	return check_health(ctx);
}

/* Parameters live only during init: what is to stay has to be copied. */
static int
read_params(const char **path, const struct mls_host *host,
    const struct mls_param *params, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(params[i].name, "device") != 0)
			return complain(host, MLS_P_ARGUMENT, params[i].name,
			    "no such parameter; there is 'device'");
		*path = params[i].value;
	}
	return MLS_P_OK;
}

static int
open_device(struct device *d, const char *path)
{
	struct stat st;

	d->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (d->fd < 0)
		return complain(d->host, MLS_P_IO, path, strerror(errno));
	/* The octets of a file can be known to others. */
	if (fstat(d->fd, &st) != 0 || !S_ISCHR(st.st_mode))
		return complain(d->host, MLS_P_ARGUMENT, path,
		    "not a character device");
	/* Something to compare with, and one comparison. */
	if (read_all(d, d->sample, SAMPLE) != MLS_P_OK)
		return MLS_P_IO;
	return check_health(d);
}

/* ctx may be half built, for init too, and NULL is fine. */
static void
fini(void *ctx)
{
	struct device *d = ctx;

	if (d == NULL)
		return;
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	const char *path = DEVICE;
	struct device *d;
	int status;

	status = read_params(&path, host, params, n);
	if (status != MLS_P_OK)
		return status;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return MLS_P_NOMEM;
	d->host = host;
	status = open_device(d, path);
	if (status != MLS_P_OK) {
		fini(d);
		return status; /* *ctx is not touched on an error */
	}
	*ctx = d;
	return MLS_P_OK;
}

/* Every table opens with its size as it was compiled: that is how a libmls
 * with more members, or fewer, knows what is there. */
static const struct mls_rng_ops rng = {
	.size = sizeof(rng),
	.fill = fill,
};

MLS_PROVIDER(template) = {
	MLS_PROVIDER_HEADER,
	.name = "template",
	.version = "1",
	.vendor = "your name",
	.flags = MLS_PROVIDER_SERIAL, /* the sample is read and written */
	.init = init,
	.fini = fini,
	.self_test = self_test,
	.rng = &rng,
};
