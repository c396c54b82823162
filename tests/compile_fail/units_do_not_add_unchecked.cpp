// SPDX-License-Identifier: MIT
// Amounts that pay somebody never wrap around.
// expect: invalid operands|no match for
#include <trimtab/core/units.hpp>

trimtab::units sum(trimtab::units a, trimtab::units b) {
#ifdef TRIMTAB_BAD
  return a + b;
#else
  return a.add(b).value_or({});
#endif
}
