// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching (member )?function
#include <trimtab/health/liquidation.hpp>

trimtab::liquidation_request request() {
#ifdef TRIMTAB_BAD
  return {.debt = 1, .collateral = 2, .repay = 100.0};
#else
  return {.debt = {1}, .collateral = {2}, .repay = 100.0};
#endif
}
