// SPDX-License-Identifier: MIT
// Why a trade was refused and what bound it are two answers.
// expect: invalid operands|no match for
#include <trimtab/sizing.hpp>

bool deep_enough(const trimtab::sizing::sized& s) {
#ifdef TRIMTAB_BAD
  return s.status != trimtab::sizing::limit::depth;
#else
  return s.binding != trimtab::sizing::limit::depth;
#endif
}
