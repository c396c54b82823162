// SPDX-License-Identifier: MIT
// Oracle prices are a view: a list in braces would be gone before it is read.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/market/price.hpp>

double first(double eth) {
#ifdef TRIMTAB_BAD
  const trimtab::oracle_prices<double> prices{{eth, 1.0}};
#else
  const double quoted[] = {eth, 1.0};
  const trimtab::oracle_prices<double> prices{quoted};
#endif
  return prices[trimtab::price_slot{0}].value;
}
