/* SPDX-License-Identifier: MIT */
/* Files, read and written whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mls.h"

#define FILE_MAX ((size_t)80 << 20) /* above all that libmls takes */
#define TEMPORARY ".tmp-"

/* 0 or errno. */
static int
read_all(struct mls_bytes *out, int fd)
{
	struct mls_bytes b = { NULL, 0 };
	size_t cap = 0;
	uint8_t *p;
	ssize_t n;

	for (;;) {
		if (b.len == cap) {
			cap = cap != 0 ? 2 * cap : 8192;
			p = cap <= 2 * FILE_MAX ? realloc(b.data, cap) : NULL;
			if (p == NULL) {
				free(b.data);
				return cap > FILE_MAX ? EFBIG : ENOMEM;
			}
			b.data = p;
		}
		n = read(fd, b.data + b.len, cap - b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(b.data);
			return errno;
		}
		if (n == 0)
			break;
		b.len += (size_t)n;
	}
	*out = b;
	return 0;
}

int
file_read(struct mls_bytes *out, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return say_errno(USAGE, "open", path);
	errno = read_all(out, fd);
	if (errno != 0) {
		say_errno(USAGE, "read", standard ? "standard input" : path);
		if (!standard)
			close(fd);
		return USAGE;
	}
	if (!standard)
		close(fd);
	return OK;
}

static int
write_all(int fd, struct mls_buf data)
{
	ssize_t n;

	while (data.len > 0) {
		n = write(fd, data.data, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		data.data += n;
		data.len -= (size_t)n;
	}
	return 0;
}

/* A temporary file beside the one to be: its path, allocated, or NULL. */
static char *
write_beside(const char *folder, struct mls_buf data)
{
	char name[UNIQUE_SIZE], *path;
	int fd, error;

	if (unique(name) != OK) {
		errno = EIO;
		return NULL;
	}
	path = text_format("%s/" TEMPORARY "%s", folder, name);
	if (path == NULL)
		return NULL;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		error = errno;
	} else {
		error = write_all(fd, data);
		if (error == 0 && fsync(fd) != 0)
			error = errno;
		if (close(fd) != 0 && error == 0)
			error = errno;
		if (error != 0)
			unlink(path);
	}
	if (error == 0)
		return path;
	free(path);
	errno = error;
	return NULL;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return text_format(".");
	if (slash == path)
		return text_format("/");
	return text_format("%.*s", (int)(slash - path), path);
}

/* Over a file that is there, or a new one, in one step. */
static int
replace(const char *path, struct mls_buf data)
{
	char *folder = folder_of(path), *beside = NULL;
	int error = 0;

	if (folder == NULL || (beside = write_beside(folder, data)) == NULL)
		error = errno;
	else if (rename(beside, path) != 0) {
		error = errno;
		unlink(beside);
	}
	free(beside);
	free(folder);
	return error;
}

int
file_write(const char *path, const struct mls_bytes *data)
{
	struct mls_buf b = { data->data, data->len };
	struct stat st;
	int fd;

	if (path == NULL || strcmp(path, "-") == 0) {
		if (isatty(STDOUT_FILENO))
			return say(USAGE, "a message is not for the terminal;"
			    " say --output FILE, or --dir DIR");
		errno = write_all(STDOUT_FILENO, b);
		return errno == 0 ? OK :
		    say_errno(USAGE, "write", "standard output");
	}
	/* A device or pipe stays what it is. */
	if (stat(path, &st) != 0 || S_ISREG(st.st_mode)) {
		errno = replace(path, b);
	} else {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0) {
			errno = write_all(fd, b);
			if (errno == 0) {
				close(fd);
				return OK;
			}
			say_errno(USAGE, "write", path);
			close(fd);
			return USAGE;
		}
	}
	return errno == 0 ? OK : say_errno(USAGE, "write", path);
}

int
folder_make(const char *path, unsigned mode)
{
	char *copy = text_format("%s", path), *p;
	int status = OK;

	if (copy == NULL)
		return say(BROKEN, "out of memory");
	for (p = copy + 1; p[-1] != '\0' && status == OK; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		if (*p == '\0') {
			if (mkdir(copy, mode) != 0 && errno != EEXIST)
				status = USAGE;
			break;
		}
		*p = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST &&
		    errno != EROFS && errno != EACCES)
			status = USAGE;
		*p = '/';
	}
	if (status != OK)
		say_errno(status, "make the folder", path);
	free(copy);
	return status;
}

static void
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int
file_post(const char *folder, const char *name, struct mls_buf data)
{
	char *path = text_format("%s/%s", folder, name), *beside = NULL;
	int error = 0;

	if (path == NULL || (beside = write_beside(folder, data)) == NULL)
		error = errno;
	else {
		/* link(2), unlike rename(2), never replaces. */
		if (link(beside, path) != 0)
			error = errno;
		unlink(beside);
	}
	if (error == 0)
		sync_folder(folder);
	free(beside);
	free(path);
	return error;
}

int
file_take(struct mls_bytes *out, const char *folder, const char *name)
{
	char *path = text_format("%s/%s", folder, name);
	struct stat st;
	int fd, error;

	if (path == NULL)
		return ENOMEM;
	/* Whoever shares the folder may put there what he likes. */
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	error = fd < 0 ? errno : 0;
	free(path);
	if (fd < 0)
		return error;
	if (fstat(fd, &st) != 0)
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	else
		error = read_all(out, fd);
	close(fd);
	return error;
}

int
unique(char out[UNIQUE_SIZE])
{
	uint8_t random[8];
	size_t got = 0, i;
	ssize_t n;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return say_errno(BROKEN, "open", "/dev/urandom");
	while (got < sizeof(random)) {
		n = read(fd, random + got, sizeof(random) - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	close(fd);
	if (got < sizeof(random))
		return say(BROKEN, "cannot read /dev/urandom");
	for (i = 0; i < sizeof(random); i++)
		sprintf(out + 2 * i, "%02x", random[i]);
	return OK;
}
