// SPDX-License-Identifier: MIT
// math/kou_first_passage.csv: probability of liquidation with exponential jumps, every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/kou_first_passage.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace trimtab::forecast {
namespace {

TEST(KouFirstPassageVectors, EveryRow) {
  test::vector_file file("math/kou_first_passage.csv");
  long double worst_relative = 0.0L, worst_plain = 0.0L, largest_error = 0.0L;
  for (const test::row& row : file.rows()) {
    const auto in = [&](const char* column) { return test::double_of(row.text(column)); };
    const motion m{.drift = in("nu"), .volatility = in("sigma")};
    const exponential_jumps jumps{
        .rate = in("lambda"), .up_share = in("p_up"), .up_decay = in("eta1"), .down_decay = in("eta2")};
    const double x = in("hf0") < 2.0 ? std::log1p(in("hf0") - 1.0) : std::log(in("hf0")), years = in("T");
    const auto got = kou_first_passage(m, jumps, x, years);
    ASSERT_TRUE(got) << name(got.error());
    const long double hit = test::number_of(row.text("p_hit")), survive = test::number_of(row.text("p_survive"));
    const long double off = std::fabs(got->hit - hit);
    EXPECT_LE(off, 1e-10L) << row.text("hf0");
    EXPECT_LE(std::fabs(got->survive - survive), 1e-10L) << row.text("hf0");
    EXPECT_LE(off, static_cast<long double>(got->error)) << "outside its own error: " << row.text("hf0");
    EXPECT_NEAR(got->by_diffusion + got->by_jump, got->hit, 1e-15);
    if (hit >= 1e-8L) {
      EXPECT_LE(off, 1e-6L * hit) << row.text("hf0");
      worst_relative = std::max(worst_relative, off / hit);
    }
    largest_error = std::max(largest_error, static_cast<long double>(got->error));
    // Without jumps the closed form, and the file's own value of it.
    exponential_jumps none = jumps;
    none.rate = 0.0;
    const auto plain = kou_first_passage(m, none, x, years);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->hit, liquidation_probability(m, x, years));
    const long double expected = test::number_of(row.text("p_hit_no_jumps"));
    if (expected > 1e-300L) {
      EXPECT_LE(test::relative_error(plain->hit, expected), 1e-11L) << row.text("hf0");
      worst_plain = std::max(worst_plain, test::relative_error(plain->hit, expected));
    }
    file.count(off);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
  std::printf("kou: worst relative where p >= 1e-8 %.2Lg, without jumps %.2Lg; largest error claimed %.2Lg\n",
              worst_relative, worst_plain, largest_error);
}

}  // namespace
}  // namespace trimtab::forecast
