// SPDX-License-Identifier: MIT
// What a consumer writes: the decision path, nothing else.
#if __has_include(<trimtab/trimtab.hpp>)
#include <trimtab/trimtab.hpp>
#endif
#include <trimtab/version.hpp>

#include <cstdio>

int main() {
  std::printf("trimtab %d.%d.%d\n", TRIMTAB_VERSION_MAJOR, TRIMTAB_VERSION_MINOR, TRIMTAB_VERSION_PATCH);
  return 0;
}
