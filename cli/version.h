/* The version of the programs: the same number as in CMakeLists.txt. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#define CNIS_VERSION "0.1.0"

#endif
