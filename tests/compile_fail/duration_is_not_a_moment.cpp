// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/market/feed.hpp>

trimtab::observation seen() {
#ifdef TRIMTAB_BAD
  return {2000.0, trimtab::seconds{1'700'000'000}};
#else
  return {2000.0, trimtab::at_unix(1'700'000'000)};
#endif
}
