// SPDX-License-Identifier: MIT
#pragma once

/// Counts every allocation of the executable it is part of: to be included by one of its sources.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define TRIMTAB_TEST_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TRIMTAB_TEST_SANITIZED
#endif

namespace trimtab::test {
inline std::atomic<long> allocations{0};
}  // namespace trimtab::test

#if !defined(TRIMTAB_TEST_SANITIZED)
#if defined(__GLIBC__)
// glibc lets a program bring its own malloc; these count and hand on to glibc's.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++trimtab::test::allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++trimtab::test::allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++trimtab::test::allocations;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++trimtab::test::allocations;
  return __libc_memalign(alignment, size);
}
}
#else
void* operator new(std::size_t size) {
  ++trimtab::test::allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}
#endif
#endif

namespace trimtab::test {

template <class F>
long counted(F&& work) {
  const long before = allocations.load();
  work();
  return allocations.load() - before;
}

}  // namespace trimtab::test
