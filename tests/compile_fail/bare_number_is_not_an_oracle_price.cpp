// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/market/price.hpp>

trimtab::oracle_price<double> mark() {
#ifdef TRIMTAB_BAD
  return 2000.0;
#else
  return {2000.0};
#endif
}
