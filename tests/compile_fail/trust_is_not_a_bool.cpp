// SPDX-License-Identifier: MIT
// "Not ok" is three different things that ask for different duties.
// expect: (could not convert|cannot convert|not contextually convertible|no (known|viable) conversion|value of type)
#include <trimtab/oracle.hpp>

int act(trimtab::trust verdict) {
#ifdef TRIMTAB_BAD
  if (verdict) return 1;
#else
  if (verdict == trimtab::trust::ok) return 1;
#endif
  return 0;
}
