// SPDX-License-Identifier: MIT
// Compiled twice, with UNIT = baseline and UNIT = native.
#if __has_include(<trimtab/trimtab.hpp>)
#include <trimtab/trimtab.hpp>
#endif
#include <trimtab/version.hpp>

double UNIT(double x) {
  return x + TRIMTAB_VERSION_MINOR;
}
