#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "parley_system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/vfs.h>
#else
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/param.h>
#endif

#if defined(__linux__)

static struct flock whole_file(short type) {
  // l_pid must be 0 for a lock of the open file description (fcntl(2)); start and length 0 mean the whole file.
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

static int set_lock(int descriptor, short type) {
  struct flock lock = whole_file(type);
  return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? 0 : errno;
}

int parley_lock_exclusive(int descriptor) { return set_lock(descriptor, F_WRLCK); }

int parley_unlock(int descriptor) { return set_lock(descriptor, F_UNLCK); }

int parley_is_locked(int descriptor) {
  struct flock lock = whole_file(F_WRLCK);
  if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return -errno;
  return lock.l_type != F_UNLCK;
}

int parley_is_on_network(int descriptor) {
  struct statfs information;
  if (fstatfs(descriptor, &information) != 0) return -errno;
  switch ((uint32_t)information.f_type) {  // statfs(2), linux/magic.h
  case 0x6969u:      // NFS
  case 0x517bu:      // SMB
  case 0xff534d42u:  // CIFS
  case 0xfe534d42u:  // SMB2
  case 0x65735546u:  // FUSE: sshfs, s3fs and their like
  case 0x01021997u:  // 9P
  case 0x5346414fu:  // AFS
  case 0x73757245u:  // Coda
  case 0x00c36400u:  // Ceph
    return 1;
  default:
    return 0;
  }
}

int parley_sync_data(int descriptor) { return fdatasync(descriptor) == 0 ? 0 : errno; }

#else

// flock(2) locks belong to the open file description, as Linux's OFD locks do.
int parley_lock_exclusive(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }

int parley_unlock(int descriptor) { return flock(descriptor, LOCK_UN) == 0 ? 0 : errno; }

// Taking it for a moment is the only way to know: shared, so that nobody else who only looks is told that it is held.
int parley_is_locked(int descriptor) {
  if (flock(descriptor, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK ? 1 : -errno;
  flock(descriptor, LOCK_UN);
  return 0;
}

int parley_is_on_network(int descriptor) {
  struct statfs information;
  if (fstatfs(descriptor, &information) != 0) return -errno;
  return (information.f_flags & MNT_LOCAL) == 0;
}

int parley_sync_data(int descriptor) {
#if defined(F_FULLFSYNC)
  return fcntl(descriptor, F_FULLFSYNC) != -1 ? 0 : errno;
#else
  return fsync(descriptor) == 0 ? 0 : errno;
#endif
}

#endif

#if defined(__linux__)
#include <sys/random.h>

int parley_random(void *bytes, size_t count) {
  size_t filled = 0;
  while (filled < count) {
    ssize_t more = getrandom((char *)bytes + filled, count - filled, 0);
    if (more < 0 && errno != EINTR) return errno;
    if (more > 0) filled += (size_t)more;
  }
  return 0;
}
#else
#include <stdlib.h>

int parley_random(void *bytes, size_t count) {
  arc4random_buf(bytes, count);
  return 0;
}
#endif
