// SPDX-License-Identifier: MIT
// Exit of a Brownian motion with drift from a band against 40-digit references: probabilities and mean times.
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit.hpp>

#include "support/tolerance.hpp"
#include "support/vectors.hpp"
#include <algorithm>

namespace trimtab {
namespace {

using test::number_of;

TEST(BandExitVectors, ProbabilitiesAndMeanTimesAgreeWithFortyDigitReferences) {
  constexpr long double bar = 50.0L * test::tolerance<double>::epsilon;
  test::vector_file file("math/bm_exit.csv");
  for (const test::row& r : file.rows()) {
    const auto in = [&](const char* column) { return test::double_of(r.text(column)); };
    const forecast::band_exit e = forecast::exit_of({in("nu"), in("sigma")}, in("a"), in("b"), in("z"));
    long double worst = 0.0L;
    const auto check = [&](const char* column, double got) {
      const long double error = test::relative_error(got, number_of(r.text(column)));
      EXPECT_LE(error, bar) << column << ' ' << got << ' ' << r.text(column) << " a " << r.text("a");
      worst = std::max(worst, error);
    };
    check("p_a", e.below);
    check("p_b", e.above);
    check("mean_tau", e.mean_years);
    check("mean_tau_given_a", e.mean_years_given_below);
    check("mean_tau_given_b", e.mean_years_given_above);
    file.count(worst / test::tolerance<double>::epsilon);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab
