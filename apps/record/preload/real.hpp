// The next definition of a function behind ours: libc's, or that of another preloaded object.
#pragma once

#include <atomic>
#include <dlfcn.h>

// Looked up at its first use. The cell is constant-initialised, so that this works before any constructor has run.
#define FOURTUPLE_REAL(name)                                             \
  (reinterpret_cast<decltype(&::name)>([]() -> void* {                   \
    static std::atomic<void*> cell{nullptr};                             \
    void* found = cell.load(std::memory_order_relaxed);                  \
    if (found == nullptr) cell.store(found = ::dlsym(RTLD_NEXT, #name)); \
    return found;                                                        \
  }()))

#define FOURTUPLE_HEARD extern "C" __attribute__((visibility("default")))
