// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching (member )?function
#include <trimtab/liquidity.hpp>

double amount(const trimtab::liquidity::frictionless& venue) {
#ifdef TRIMTAB_BAD
  return venue.amount_at<double>(1990.0);
#else
  return venue.amount_at<double>(trimtab::executable_price<double>{1990.0});
#endif
}
