// SPDX-License-Identifier: MIT
// math/bm_exit.csv: the probability to have left a band by a horizon and to be inside it still, every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit_time.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab::forecast {
namespace {

TEST(BandExitTimeVectors, EveryRow) {
  test::vector_file file("math/bm_exit.csv");
  std::size_t vanished = 0;
  for (const test::row& r : file.rows()) {
    const auto in = [&](const char* column) { return test::double_of(r.text(column)); };
    const band_time at = exit_by({in("nu"), in("sigma")}, in("a"), in("b"), in("z"), in("T"));
    const long double exits = test::number_of(r.text("p_exit_by_T")), stays = test::number_of(r.text("p_stay_T"));
    long double worst = test::relative_error(at.exits, exits);
    EXPECT_LE(worst, 1e-12L) << r.text("a");
    if (stays >= 1e-300L) {
      const long double error = test::relative_error(at.stays, stays);
      EXPECT_LE(error, 1e-12L) << r.text("a");
      worst = std::max(worst, error);
    } else {
      EXPECT_TRUE(at.stays >= 0.0 && at.stays <= 1e-300) << r.text("a");
      ++vanished;
    }
    EXPECT_LE(std::fabs(at.below + at.above - at.exits), 4e-16) << r.text("a");
    file.count(worst);
  }
  EXPECT_LE(vanished, 4U);
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab::forecast
