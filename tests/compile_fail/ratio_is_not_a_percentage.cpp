// SPDX-License-Identifier: MIT
// A loan-to-value of 0.86 is 8600 basis points, and is written so.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/health.hpp>

trimtab::health::morpho_blue market() {
  using namespace trimtab::literals;
#ifdef TRIMTAB_BAD
  return {.lltv = 0.86};
#else
  return {.lltv = 8600_bps};
#endif
}
