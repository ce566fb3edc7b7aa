"""The interface for programs, ``/api/v1``: what may be asked and what is answered, as data (``endpoints``), from which the
addresses, the checks of what is asked and the OpenAPI document (``openapi``) are drawn."""
