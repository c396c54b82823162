// SPDX-License-Identifier: MIT
// A conversion to smallest units names its rounding.
// expect: could not convert|cannot convert|no (known|viable) conversion|conversion from
#include <trimtab/core/units.hpp>

trimtab::units amount(double tokens) {
#ifdef TRIMTAB_BAD
  return tokens;
#else
  return trimtab::units::floor(tokens, 18).value_or({});
#endif
}
