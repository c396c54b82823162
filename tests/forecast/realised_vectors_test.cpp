// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/price_bar.hpp>
#include <trimtab/forecast/realised.hpp>

#include "support/vectors.hpp"

namespace trimtab {
namespace {

using namespace forecast;

TEST(RealisedVectors, EveryRowAndColumnOfTheirs) {
  test::vector_file file("math/volatility.csv");
  std::size_t returns_seen = 0;
  for (const test::row& row : file.rows()) {
    const auto open = row.list("open"), high = row.list("high"), low = row.list("low"), close = row.list("close");
    std::vector<price_bar> bars;
    for (std::size_t t = 0; t < open.size(); ++t) {
      bars.push_back(
          {test::double_of(open[t]), test::double_of(high[t]), test::double_of(low[t]), test::double_of(close[t])});
    }
    realised measures;
    for (std::size_t t = 1; t < bars.size(); ++t) measures.step(log_return(bars[t - 1].close, bars[t].close));
    returns_seen += bars.size() - 1;

    long double worst = 0.0L;
    const auto compare = [&](const char* column, double ours) {
      const long double error = test::relative_error(ours, test::number_of(row.text(column)));
      EXPECT_LE(error, 1e-13L) << column << ", row " << file.checked();
      if (error > worst) worst = error;
    };
    compare("rv", measures.variance());
    compare("bipower", measures.bipower());
    compare("medrv", measures.median());
    compare("parkinson", *mean_variance(bars, parkinson_variance));
    compare("garman_klass", *mean_variance(bars, garman_klass_variance));
    compare("yang_zhang", *yang_zhang_variance(bars));
    file.count(worst);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  EXPECT_GT(returns_seen, 600U);
  file.report();
}

}  // namespace
}  // namespace trimtab
