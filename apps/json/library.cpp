// Boost.JSON itself, compiled once; whoever reads JSON includes <boost/json.hpp>.
#include <boost/json/src.hpp>
