#include "apps/command_line/command_line.hpp"

int main(int argc, char** argv) { return fourtuple::apps::run_command_line(argc, argv); }
