/*
 * A disk whose sync fails for a while, for the tests of what is acknowledged. Preloaded into a process that uses SQLite, it watches
 * the database file and its log:
 *
 *  - the syncs number FAIL_FROM to FAIL_TO (counted from 1) fail with EIO;
 *  - each sync is one line in FAIL_LOG, "synced" or "failed", with the name of the file;
 *  - FAIL_DISK is a folder with what would be there after a loss of power: a page gets there by a sync that succeeds. A sync that
 *    fails leaves its pages marked as clean, as Linux does, so that a later sync does not write them unless they are written again.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 65536
#define FILES 2

static const char *const SUFFIXES[FILES] = {"waymark.db", "waymark.db-wal"};
static unsigned char dirty[FILES][PAGES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int syncs = 0;

static int which(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return -1;
  path[length] = 0;
  for (int i = 0; i < FILES; i++) {
    size_t n = strlen(SUFFIXES[i]);
    if ((size_t) length > n && strcmp(path + length - n, SUFFIXES[i]) == 0) return i;
  }
  return -1;
}

static int open_disk(int file) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("FAIL_DISK"), SUFFIXES[file]);
  return open(path, O_RDWR | O_CREAT, 0600);
}

static void note(int fd, off_t offset, size_t count) {
  int file = which(fd);
  if (file < 0 || count == 0) return;
  pthread_mutex_lock(&lock);
  for (off_t page = offset / PAGE; page <= (off_t) (offset + count - 1) / PAGE && page < PAGES; page++) dirty[file][page] = 1;
  pthread_mutex_unlock(&lock);
}

typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
  ssize_t written = ((pwrite_type) dlsym(RTLD_NEXT, "pwrite64"))(fd, bytes, count, offset);
  if (written > 0) note(fd, offset, written);
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  return pwrite64(fd, bytes, count, offset);
}

static void persist(int fd, int file) {
  int disk = open_disk(file);
  unsigned char page[PAGE];
  struct stat found;
  if (fstat(fd, &found) == 0) ((int (*)(int, off_t)) dlsym(RTLD_NEXT, "ftruncate64"))(disk, found.st_size);
  for (int i = 0; i < PAGES; i++) {
    if (!dirty[file][i]) continue;
    dirty[file][i] = 0;
    ssize_t length = pread(fd, page, PAGE, (off_t) i * PAGE);
    if (length > 0) ((pwrite_type) dlsym(RTLD_NEXT, "pwrite64"))(disk, page, length, (off_t) i * PAGE);
  }
  close(disk);
}

static int sync_file(int fd, const char *name) {
  int file = which(fd);
  if (file < 0) return ((int (*)(int)) dlsym(RTLD_NEXT, name))(fd);
  pthread_mutex_lock(&lock);
  int number = ++syncs;
  int fails = number >= atoi(getenv("FAIL_FROM")) && number <= atoi(getenv("FAIL_TO"));
  if (fails) {
    memset(dirty[file], 0, PAGES);
  } else {
    persist(fd, file);
  }
  char line[128];
  int length = snprintf(line, sizeof line, "%s %s\n", fails ? "failed" : "synced", SUFFIXES[file]);
  int log = open(getenv("FAIL_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(log, line, length) != length) abort();
  close(log);
  pthread_mutex_unlock(&lock);
  if (!fails) return 0;
  errno = EIO;
  return -1;
}

int fsync(int fd) { return sync_file(fd, "fsync"); }

int fdatasync(int fd) { return sync_file(fd, "fdatasync"); }

int ftruncate64(int fd, off_t size) {
  int file = which(fd);
  if (file >= 0) {
    pthread_mutex_lock(&lock);
    for (int i = size / PAGE; i < PAGES; i++) dirty[file][i] = 0;
    int disk = open_disk(file);
    ((int (*)(int, off_t)) dlsym(RTLD_NEXT, "ftruncate64"))(disk, size);
    close(disk);
    pthread_mutex_unlock(&lock);
  }
  return ((int (*)(int, off_t)) dlsym(RTLD_NEXT, "ftruncate64"))(fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int unlink(const char *path) {
  size_t length = strlen(path), n = strlen(SUFFIXES[1]);
  if (length > n && strcmp(path + length - n, SUFFIXES[1]) == 0) {
    char disk[4096];
    snprintf(disk, sizeof disk, "%s/%s", getenv("FAIL_DISK"), SUFFIXES[1]);
    pthread_mutex_lock(&lock);
    memset(dirty[1], 0, PAGES);
    pthread_mutex_unlock(&lock);
    ((int (*)(const char *)) dlsym(RTLD_NEXT, "unlink"))(disk);
  }
  return ((int (*)(const char *)) dlsym(RTLD_NEXT, "unlink"))(path);
}
