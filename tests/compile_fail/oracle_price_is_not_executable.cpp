// SPDX-License-Identifier: MIT
// A venue is asked at a price it would trade at, never at what an oracle says.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching (member )?function
#include <trimtab/liquidity.hpp>

double amount(const trimtab::liquidity::constant_product& pool) {
#ifdef TRIMTAB_BAD
  const trimtab::oracle_price<double> price{2000.0};
#else
  const trimtab::executable_price<double> price{2000.0};
#endif
  return pool.amount_at<double>(price);
}
