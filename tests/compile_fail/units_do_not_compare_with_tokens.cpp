// SPDX-License-Identifier: MIT
// Smallest units and whole tokens differ by up to 27 digits.
// expect: invalid operands|no match for
#include <trimtab/core/units.hpp>

bool enough(trimtab::units paid, double wanted) {
#ifdef TRIMTAB_BAD
  return paid >= wanted;
#else
  return paid.to_tokens(6) >= wanted;
#endif
}
